// Makes a store as containerd keeps it, by containerd's own code: for tests.
//
//	store ROOT NAMESPACE NAME=DIGEST,MEDIATYPE,SIZE... < list of blob files
//
// Copies the blobs of OCI layouts (folders on standard input, one a line) into the content store of ROOT, and names images.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/metadata"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	bolt "go.etcd.io/bbolt"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	root, namespace, named := args[0], args[1], args[2:]
	store, err := local.NewStore(filepath.Join(root, "io.containerd.content.v1.content"))
	if err != nil {
		return err
	}
	folder := filepath.Join(root, "io.containerd.metadata.v1.bolt")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	db, err := bolt.Open(filepath.Join(folder, "meta.db"), 0o644, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	meta := metadata.NewDB(db, store, nil)
	ctx := namespaces.WithNamespace(context.Background(), namespace)
	if err := meta.Init(ctx); err != nil {
		return err
	}
	if err := copyBlobs(ctx, meta.ContentStore()); err != nil {
		return err
	}
	for _, text := range named {
		if err := name(ctx, metadata.NewImageStore(meta), text); err != nil {
			return err
		}
	}
	return nil
}

func copyBlobs(ctx context.Context, store content.Store) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		files, err := filepath.Glob(filepath.Join(lines.Text(), "blobs/sha256/*"))
		if err != nil {
			return err
		}
		for _, path := range files {
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			about, _ := file.Stat()
			told := ocispec.Descriptor{Digest: digest.NewDigestFromEncoded(digest.SHA256, filepath.Base(path)), Size: about.Size()}
			err = content.WriteBlob(ctx, store, filepath.Base(path), file, told)
			file.Close()
			if err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

func name(ctx context.Context, store images.Store, text string) error {
	name, target, _ := strings.Cut(text, "=")
	parts := strings.Split(target, ",")
	size, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return err
	}
	_, err = store.Create(ctx, images.Image{Name: name, Target: ocispec.Descriptor{Digest: digest.Digest(parts[0]), MediaType: parts[1], Size: size}})
	return err
}
