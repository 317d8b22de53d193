package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs the certificates of one cluster. It lives as long as the cluster does.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

const lifetime = 365 * 24 * time.Hour

func newKey() (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

func newSerial() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
}

func newAuthority(name string) (*authority, []byte, error) {
	key, keyPEM, err := newKey()
	if err != nil {
		return nil, nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(lifetime), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &authority{certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, keyPEM, err
}

// sign makes a certificate and its key, both as PEM. With hosts it is a server's, else a client's.
func (a *authority) sign(name string, groups []string, hosts ...string) ([]byte, []byte, error) {
	key, keyPEM, err := newKey()
	if err != nil {
		return nil, nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: groups},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(lifetime), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	for _, host := range hosts {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), keyPEM, err
}

// files writes PEM files of a cluster into its folder; the first error stays.
type files struct {
	folder string
	err    error
}

func (f *files) path(name string) string { return filepath.Join(f.folder, name) }

func (f *files) write(name string, data []byte) {
	if f.err == nil {
		f.err = os.WriteFile(f.path(name), data, 0o600)
	}
}

func (f *files) authority(name string) *authority {
	if f.err != nil {
		return nil
	}
	made, key, err := newAuthority(name)
	f.err = err
	if err == nil {
		f.write(name+".crt", made.pem)
		f.write(name+".key", key)
	}
	return made
}

func (f *files) signed(by *authority, file, name string, groups []string, hosts ...string) {
	if f.err != nil {
		return
	}
	certificate, key, err := by.sign(name, groups, hosts...)
	f.err = err
	f.write(file+".crt", certificate)
	f.write(file+".key", key)
}

// pki makes everything that a control plane needs to know its own: names as kubeadm has them.
func (f *files) pki() {
	root, front := f.authority("ca"), f.authority("front-proxy-ca")
	f.signed(root, "apiserver", "kube-apiserver", nil, "127.0.0.1", "10.96.0.1", "localhost", "kubernetes", "kubernetes.default",
		"kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
	f.signed(root, "apiserver-kubelet-client", "kube-apiserver-kubelet-client", []string{"system:masters"})
	f.signed(root, "admin", "admin", []string{"system:masters"})
	f.signed(root, "controller-manager", "system:kube-controller-manager", nil)
	f.signed(front, "front-proxy-client", "front-proxy-client", nil)
	if f.err != nil {
		return
	}
	key, private, err := newKey()
	if err != nil {
		f.err = err
		return
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	f.err = err
	f.write("sa.key", private)
	f.write("sa.pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
}

// kubeconfig writes FILE.conf for who has FILE.crt and FILE.key.
func (f *files) kubeconfig(file, server string) string {
	path := f.path(file + ".conf")
	f.write(file+".conf", fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: strake
  cluster: {server: %q, certificate-authority: %q}
users:
- name: %s
  user: {client-certificate: %q, client-key: %q}
contexts:
- name: %s@strake
  context: {cluster: strake, user: %s}
current-context: %s@strake
`, server, f.path("ca.crt"), file, f.path(file+".crt"), f.path(file+".key"), file, file, file))
	return path
}
