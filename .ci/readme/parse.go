package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// kind says what is demanded of an example.
type kind int

const (
	foreground kind = iota // ends, having printed what is shown
	background             // prints what is shown and goes on
	script                 // ends with exit code 0
)

// example is one command, or one sh block.
type example struct {
	kind    kind
	line    int // of the file, from 1
	command string
	want    []string
}

var fence = regexp.MustCompile("^ {0,3}(`{3,})[ \t]*([^ \t`]*)[^`]*$")

// errNothing is not a success: a README whose examples are tagged wrongly has none either.
var errNothing = errors.New(" no examples: none of its blocks is tagged console or sh")

// parse finds the examples of a README. The error begins with the line.
func parse(text string) ([]example, error) {
	var examples []example
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		m := fence.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		first, end := i+1, closing(lines, i+1, m[1])
		if end < 0 {
			return nil, fmt.Errorf("%d: this block has no end", i+1)
		}
		switch m[2] {
		case "console":
			found, err := session(lines[first:end], first+1)
			if err != nil {
				return nil, err
			}
			examples = append(examples, found...)
		case "sh":
			examples = append(examples, example{kind: script, line: first + 1, command: strings.Join(lines[first:end], "\n")})
		}
		i = end
	}
	if len(examples) == 0 {
		return nil, errNothing
	}
	return examples, nil
}

// closing is the index of the line that ends a block, -1 when there is none.
func closing(lines []string, from int, opened string) int {
	for i := from; i < len(lines); i++ {
		if m := fence.FindStringSubmatch(lines[i]); len(m) == 3 && m[2] == "" && len(m[1]) >= len(opened) {
			return i
		}
	}
	return -1
}

// session reads the lines of a console block; the first has the given number.
func session(lines []string, number int) ([]example, error) {
	var examples []example
	for i, line := range lines {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case isCommand:
			examples = append(examples, example{line: number + i, command: command})
		case len(examples) == 0:
			return nil, fmt.Errorf("%d: a console block begins with a command: $ COMMAND", number+i)
		default:
			examples[len(examples)-1].add(line)
		}
	}
	for i := range examples {
		e := &examples[i]
		if command, ok := strings.CutSuffix(e.command, " &"); ok {
			e.kind, e.command = background, command
		}
		for len(e.want) > 0 && e.want[len(e.want)-1] == "" {
			e.want = e.want[:len(e.want)-1]
		}
	}
	return examples, nil
}

// add takes the next line: more of the command where that goes on, else output.
func (e *example) add(line string) {
	more, continued := strings.CutPrefix(line, "> ")
	if continued && len(e.want) == 0 && strings.HasSuffix(e.command, `\`) {
		e.command += "\n" + more
		return
	}
	e.want = append(e.want, line)
}
