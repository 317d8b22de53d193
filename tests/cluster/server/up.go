package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const auditPolicy = `{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}`

// No controller that waits for nodes or clouds.
const fewControllers = "serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller," +
	"namespace-controller,garbage-collector-controller,clusterrole-aggregation-controller," +
	"certificatesigningrequest-approving-controller,certificatesigningrequest-signing-controller," +
	"validatingadmissionpolicy-status-controller,deployment-controller,replicaset-controller,daemonset-controller," +
	"statefulset-controller,job-controller,cronjob-controller,endpointslice-controller,resourcequota-controller"

const startTime, stopTime = 90 * time.Second, 5 * time.Second

// controlPlane is a cluster that runs, in a folder of its own.
type controlPlane struct {
	files
	server   string
	children []*child
	failed   chan error
}

type child struct {
	name    string
	command *exec.Cmd
	done    chan struct{}
}

// reservePort binds a port and never listens, so nobody else gets it; the API server shares it.
func reservePort() (int, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return 0, err
	}
	if err := unix.Bind(socket, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	address, err := unix.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return address.(*unix.SockaddrInet4).Port, nil
}

// start runs this program again under another word. The kernel ends the child when the thread that started it ends.
func (c *controlPlane) start(word string, arguments ...string) error {
	log, err := os.Create(c.path(word + ".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command("/proc/self/exe", append([]string{word}, arguments...)...)
	command.Dir, command.Stdout, command.Stderr = c.folder, log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := command.Start(); err != nil {
		return err
	}
	one := &child{word, command, make(chan struct{})}
	c.children = append(c.children, one)
	go func() {
		err := command.Wait()
		close(one.done)
		c.failed <- fmt.Errorf("%s ended: %v\n%s", word, err, c.tail(word+".log"))
	}()
	return nil
}

func (c *controlPlane) tail(file string) string {
	data, _ := os.ReadFile(c.path(file))
	return string(data[max(0, len(data)-3000):])
}

// stop ends the children, the last one first, and waits for each.
func (c *controlPlane) stop() {
	for i := len(c.children) - 1; i >= 0; i-- {
		one := c.children[i]
		_ = one.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-one.done:
		case <-time.After(stopTime):
			_ = one.command.Process.Kill()
			<-one.done
		}
	}
}

func (c *controlPlane) startAll(port int, which string, more []string) error {
	socket := "unix://" + c.path("etcd.sock")
	if err := c.start("etcd", "--name=cp", "--data-dir="+c.path("etcd"), "--listen-client-urls="+socket,
		"--advertise-client-urls="+socket, "--listen-peer-urls=unix://etcd-peer:0", "--initial-advertise-peer-urls=http://127.0.0.1:1",
		"--initial-cluster=cp=http://127.0.0.1:1", "--log-level=warn", "--unsafe-no-fsync"); err != nil {
		return err
	}
	arguments := []string{"--etcd-servers=" + socket, "--bind-address=127.0.0.1", fmt.Sprint("--secure-port=", port),
		"--permit-port-sharing=true", "--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none",
		"--cert-dir=" + c.path("apiserver-certs"), "--tls-cert-file=" + c.path("apiserver.crt"),
		"--tls-private-key-file=" + c.path("apiserver.key"), "--client-ca-file=" + c.path("ca.crt"),
		"--requestheader-client-ca-file=" + c.path("front-proxy-ca.crt"), "--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-", "--proxy-client-cert-file=" + c.path("front-proxy-client.crt"),
		"--proxy-client-key-file=" + c.path("front-proxy-client.key"),
		"--kubelet-client-certificate=" + c.path("apiserver-kubelet-client.crt"),
		"--kubelet-client-key=" + c.path("apiserver-kubelet-client.key"),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local", "--service-account-key-file=" + c.path("sa.pub"),
		"--service-account-signing-key-file=" + c.path("sa.key"), "--service-cluster-ip-range=10.96.0.0/16",
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--enable-bootstrap-token-auth=true",
		"--allow-privileged=true", "--audit-policy-file=" + c.path("audit-policy.json"), "--audit-log-path=" + c.path("audit.log"),
		"--audit-log-mode=blocking", "--audit-log-maxsize=0", "--profiling=false", "--shutdown-delay-duration=0s"}
	if err := c.start("kube-apiserver", append(arguments, more...)...); err != nil {
		return err
	}
	config := c.kubeconfig("controller-manager", c.server)
	return c.start("kube-controller-manager", "--kubeconfig="+config, "--authentication-kubeconfig="+config,
		"--authorization-kubeconfig="+config, "--leader-elect=false", "--use-service-account-credentials=true", "--secure-port=0",
		"--cert-dir="+c.path("controller-manager-certs"), "--service-account-private-key-file="+c.path("sa.key"),
		"--root-ca-file="+c.path("ca.crt"), "--cluster-signing-cert-file="+c.path("ca.crt"),
		"--cluster-signing-key-file="+c.path("ca.key"), "--kube-api-qps=200", "--kube-api-burst=400",
		"--controller-start-interval=0s", "--controllers="+which)
}

// isReady asks for what takes longest: the account of the default namespace and the rules of an aggregated role.
func isReady(ctx context.Context, client *kubernetes.Clientset) bool {
	if client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() != nil {
		return false
	}
	if _, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", meta.GetOptions{}); err != nil {
		return false
	}
	role, err := client.RbacV1().ClusterRoles().Get(ctx, "view", meta.GetOptions{})
	return err == nil && len(role.Rules) > 0
}

func (c *controlPlane) wait(kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for !isReady(ctx, client) {
		select {
		case err := <-c.failed:
			return err
		case <-ctx.Done():
			return errors.New("not ready in time\n" + c.tail("kube-apiserver.log"))
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func (c *controlPlane) run(which string, more []string, forever bool) error {
	defer c.stop()
	port, err := reservePort()
	if err != nil {
		return err
	}
	c.server = fmt.Sprint("https://127.0.0.1:", port)
	c.pki()
	c.write("audit-policy.json", []byte(auditPolicy))
	kubeconfig := c.kubeconfig("admin", c.server)
	if c.err != nil {
		return c.err
	}
	if err := c.startAll(port, which, more); err != nil {
		return err
	}
	if err := c.wait(kubeconfig); err != nil {
		return err
	}
	pids := map[string]int{}
	for _, one := range c.children {
		pids[one.name] = one.command.Process.Pid
	}
	line, _ := json.Marshal(map[string]any{"server": c.server, "kubeconfig": kubeconfig, "folder": c.folder,
		"ca": c.path("ca.crt"), "ca-key": c.path("ca.key"), "audit": c.path("audit.log"), "etcd": c.path("etcd.sock"), "pids": pids})
	fmt.Println(string(line))
	return c.stay(forever)
}

// stay returns when the cluster is to end, or with an error when one of its parts ends by itself.
func (c *controlPlane) stay(forever bool) error {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	input := make(chan struct{})
	if !forever {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			close(input)
		}()
	}
	select {
	case <-ended:
	case <-input:
	case err := <-c.failed:
		return err
	}
	return nil
}

func up(arguments []string) {
	runtime.LockOSThread() // the children end with this thread
	flags := flag.NewFlagSet("up", flag.ExitOnError)
	folder := flags.String("dir", "", "where everything goes (default: a temporary folder, removed in the end)")
	which := flags.String("controllers", fewControllers, "what the controller manager runs, names with commas between")
	forever := flags.Bool("forever", false, "do not end with standard input")
	_ = flags.Parse(arguments)
	c := &controlPlane{failed: make(chan error, 8)}
	var err error
	if c.folder = *folder; c.folder == "" {
		c.folder, err = os.MkdirTemp("", "cp")
		defer os.RemoveAll(c.folder)
	} else if c.folder, err = filepath.Abs(c.folder); err == nil {
		err = os.MkdirAll(c.folder, 0o700)
	}
	if err == nil && len(c.path("etcd.sock")) > 100 {
		err = errors.New("-dir is too long for a socket in it")
	}
	if err == nil {
		err = c.run(*which, flags.Args(), *forever)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", strings.TrimSpace(err.Error()))
		os.RemoveAll(c.path("etcd"))
		os.Exit(1)
	}
}
