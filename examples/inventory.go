// What is in a folder, as JSON: a name, a size and a number of lines for each file, largest first.
// Knows nothing of GEDS.
//
//	inventory FOLDER [OUT.json]        into a file, else to standard output
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

type file struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	Lines int    `json:"lines"`
}

func countLines(path string) (int64, int, error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer in.Close()
	reader := bufio.NewReaderSize(in, 1<<16)
	var bytes int64
	for lines := 0; ; lines++ {
		piece, err := reader.ReadSlice('\n')
		for err == bufio.ErrBufferFull {
			bytes += int64(len(piece))
			piece, err = reader.ReadSlice('\n')
		}
		bytes += int64(len(piece))
		if err == io.EOF {
			return bytes, lines, nil
		}
		if err != nil {
			return 0, 0, err
		}
	}
}

func inventory(folder string) ([]file, error) {
	files := []file{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		bytes, lines, err := countLines(path)
		files = append(files, file{name, bytes, lines})
		return err
	})
	slices.SortFunc(files, func(a, b file) int {
		if a.Bytes != b.Bytes {
			return cmp.Compare(b.Bytes, a.Bytes)
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return files, err
}

func run(folder string, out io.WriteCloser) error {
	files, err := inventory(folder)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(files); err != nil {
		return err
	}
	return out.Close()
}

func main() {
	if len(os.Args) != 2 && len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: inventory FOLDER [OUT.json]")
		os.Exit(2)
	}
	out, err := os.Stdout, error(nil)
	if len(os.Args) == 3 {
		out, err = os.Create(os.Args[2])
	}
	if err == nil {
		err = run(os.Args[1], out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
}
