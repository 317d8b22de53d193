// A real Kubernetes control plane on loopback, for tests and for people to play with: etcd, API server and controller manager
// in one program, each a process of its own.
//
//	cluster up [-dir DIR] [-controllers LIST] [-- API SERVER FLAGS]
//
// prints one line of JSON when the API server is ready and stops everything when standard input ends or on SIGTERM, and
//
//	cluster apply -kubeconfig FILE INPUT...
//
// sends manifests to it. The other words are what it starts itself as.
package main

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: cluster up [-dir DIR] [-- API SERVER FLAGS]")
		os.Exit(2)
	}
	word, rest := os.Args[1], os.Args[2:]
	switch word {
	case "up":
		up(rest)
	case "apply":
		apply(rest)
	case "etcd":
		etcdmain.Main(append([]string{"etcd"}, rest...))
	case "kube-apiserver":
		command := apiserver.NewAPIServerCommand()
		command.SetArgs(rest)
		os.Exit(cli.Run(command))
	case "kube-controller-manager":
		command := controllers.NewControllerManagerCommand()
		command.SetArgs(rest)
		os.Exit(cli.Run(command))
	default:
		fmt.Fprintf(os.Stderr, "cluster: unknown word %q\n", word)
		os.Exit(2)
	}
}
