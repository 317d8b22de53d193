package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// applier sends objects to an API server by server-side apply.
type applier struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

func newApplier(kubeconfig string) (*applier, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 500, 1000
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return &applier{client, restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found))}, nil
}

func (a *applier) apply(object *unstructured.Unstructured) error {
	kind := object.GroupVersionKind()
	mapping, err := a.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		a.mapper.Reset() // perhaps a definition that was applied a moment ago
		if mapping, err = a.mapper.RESTMapping(kind.GroupKind(), kind.Version); err != nil {
			return err
		}
	}
	namespace := ""
	if mapping.Scope.Name() == "namespace" {
		if namespace = object.GetNamespace(); namespace == "" {
			namespace = "default"
		}
	}
	_, err = a.client.Resource(mapping.Resource).Namespace(namespace).Apply(context.Background(), object.GetName(), object,
		meta.ApplyOptions{FieldManager: "strake-cluster", Force: true})
	return err
}

// object is one to send, and the file that it stands in.
type object struct {
	file string
	*unstructured.Unstructured
}

// read gives the objects in a file, - for standard input; items of lists each.
func read(name string) (found []object, err error) {
	input := io.Reader(os.Stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		input = file
	}
	for decoder := yaml.NewYAMLOrJSONDecoder(input, 1<<20); ; {
		one := &unstructured.Unstructured{}
		if err := decoder.Decode(&one.Object); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return found, fmt.Errorf("%s: %w", name, err)
		}
		if len(one.Object) > 0 && one.IsList() {
			_ = one.EachListItem(func(item runtime.Object) error {
				found = append(found, object{name, item.(*unstructured.Unstructured)})
				return nil
			})
		} else if len(one.Object) > 0 {
			found = append(found, object{name, one})
		}
	}
}

// order puts in front what others need to be there.
func order(one object) int {
	switch one.GetKind() {
	case "Namespace", "CustomResourceDefinition":
		return 0
	case "ServiceAccount", "ClusterRole", "Role":
		return 1
	default:
		return 2
	}
}

func apply(arguments []string) {
	flags := flag.NewFlagSet("apply", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", os.Getenv("KUBECONFIG"), "which cluster")
	_ = flags.Parse(arguments)
	a, err := newApplier(*kubeconfig)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
	var objects []object
	count, failed := 0, false
	fail := func(words ...any) {
		failed = true
		fmt.Fprintln(os.Stderr, append([]any{"cluster:"}, words...)...)
	}
	for _, given := range flags.Args() {
		names, _ := filepath.Glob(filepath.Join(given, "*.yaml"))
		if len(names) == 0 {
			names = []string{given}
		}
		for _, name := range names {
			found, err := read(name)
			objects = append(objects, found...)
			if err != nil {
				fail(err)
			}
		}
	}
	slices.SortStableFunc(objects, func(a, b object) int { return order(a) - order(b) })
	for _, one := range objects {
		if err := a.apply(one.Unstructured); err != nil {
			fail(one.file+":", one.GetKind(), one.GetName()+":", err)
		} else {
			count++
		}
	}
	fmt.Fprintf(os.Stderr, "applied %d objects\n", count)
	if failed {
		os.Exit(1)
	}
}
