// Larder serves a folder of Markdown notes as a small website.
//
// Pages are rendered once, compressed with zstd, named by a content hash for
// the browser's cache, and the address is shown as a QR code for the phone on
// the same network. With -check it renders everything, prints a table and exits.
package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"sort"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/dustin/go-humanize"
	"github.com/fatih/color"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"
	"github.com/mdp/qrterminal/v3"
	"github.com/spf13/pflag"
	"github.com/yuin/goldmark"
	"github.com/zeebo/blake3"
	"gopkg.in/yaml.v3"
)

//go:embed site
var builtin embed.FS

//go:embed page.html
var pageHTML string

type page struct {
	Title string   `yaml:"title"`
	Tags  []string `yaml:"tags"`
	Path  string   `yaml:"-"`
	Body  template.HTML

	etag   string
	digest [32]byte
	plain  []byte
	zstd   []byte
}

func main() {
	dir := pflag.StringP("dir", "d", "", "folder of Markdown notes (default: the notes inside the program)")
	addr := pflag.StringP("addr", "a", "127.0.0.1:8090", "address to listen on")
	check := pflag.Bool("check", false, "render every note, print a table, and exit")
	pflag.Parse()

	notes, err := fs.Sub(builtin, "site")
	if err == nil && *dir != "" {
		notes = os.DirFS(*dir)
	}
	if err == nil {
		err = run(notes, *addr, *check)
	}
	if err != nil {
		color.New(color.FgRed).Fprintln(os.Stderr, "larder:", err)
		os.Exit(1)
	}
}

func run(notes fs.FS, addr string, check bool) error {
	pages, err := load(notes)
	if err != nil {
		return err
	}
	if check {
		report(pages)
		return nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String() + "/"
	qrterminal.GenerateHalfBlock(url, qrterminal.L, os.Stdout)
	color.Green("%d notes on %s (run %s)", len(pages), url, uuid.New())
	return http.Serve(listener, router(pages))
}

func load(notes fs.FS) ([]*page, error) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		return nil, err
	}
	layout, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(notes, "*.md")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no *.md notes in that folder")
	}
	sort.Strings(names)
	var pages []*page
	for _, name := range names {
		text, err := fs.ReadFile(notes, name)
		if err != nil {
			return nil, err
		}
		p, err := render(layout, name, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.zstd = encoder.EncodeAll(p.plain, nil)
		pages = append(pages, p)
	}
	return pages, nil
}

func render(layout *template.Template, name string, text []byte) (*page, error) {
	p := &page{Path: "/" + strings.TrimSuffix(path.Base(name), ".md"), Title: name}
	if rest, ok := bytes.CutPrefix(text, []byte("---\n")); ok {
		head, body, _ := bytes.Cut(rest, []byte("\n---\n"))
		if err := yaml.Unmarshal(head, p); err != nil {
			return nil, err
		}
		text = body
	}
	var html, out bytes.Buffer
	if err := goldmark.Convert(text, &html); err != nil {
		return nil, err
	}
	p.Body = template.HTML(html.String())
	if err := layout.Execute(&out, p); err != nil {
		return nil, err
	}
	p.plain = out.Bytes()
	p.etag = fmt.Sprintf(`"%016x"`, xxhash.Sum64(p.plain))
	p.digest = blake3.Sum256(p.plain)
	return p, nil
}

func router(pages []*page) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Logger, middleware.Recoverer)
	for _, p := range pages {
		r.Get(p.Path, p.serve)
	}
	r.Get("/", http.RedirectHandler(pages[0].Path, http.StatusFound).ServeHTTP)
	return r
}

func (p *page) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("ETag", p.etag)
	w.Header().Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == p.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "zstd") {
		w.Header().Set("Content-Encoding", "zstd")
		w.Write(p.zstd)
		return
	}
	w.Write(p.plain)
}

func report(pages []*page) {
	for _, p := range pages {
		fmt.Printf("%-12s %-34s %7s -> %-7s %x\n", p.Path, p.Title,
			humanize.Bytes(uint64(len(p.plain))), humanize.Bytes(uint64(len(p.zstd))), p.digest[:6])
	}
}
