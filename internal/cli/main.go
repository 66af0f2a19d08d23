// Package cli turns arguments into a scan or an answer, writes it, and decides
// the exit code, the same for every format and in one place. It alone knows
// cobra, the environment and the terminal.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// The terminal rules. Standard output is the answer and nothing else. All the
// rest goes to standard error: errors as "rukhsa: what: why", lower case, no
// full stop, with one line "hint: what to type" where one is known. Colour
// only in text, only on a terminal, never with NO_COLOR.

// Streams is what a run reads from and writes to.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	Getwd    func() (string, error)
	OutTTY   bool
	ErrTTY   bool
}

// System returns the process's own streams.
func System() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Getwd: os.Getwd,
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())), ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// The exit codes. 1 beats 3; a report that is not complete is never 0.
const (
	exitOK         = 0   // complete, and the policy holds
	exitViolated   = 1   // the policy is violated
	exitUsage      = 2   // arguments, the policy or a rule file are wrong
	exitIncomplete = 3   // something could not be read or written
	exitNothing    = 4   // nothing to scan was found
	exitInterrupt  = 130 // SIGINT
	exitTerminate  = 143 // SIGTERM
)

// ExitCode documents one exit code.
type ExitCode struct {
	Code int
	Doc  string
}

// ExitCodes lists the exit codes with their meaning, for help and README.
func ExitCodes() []ExitCode {
	return []ExitCode{
		{exitOK, "complete, and the policy holds"},
		{exitViolated, "the policy is violated"},
		{exitUsage, "wrong arguments, or a wrong policy or rule file; nothing was scanned"},
		{exitIncomplete, "incomplete: something could not be read or written, was over a limit or timed out"},
		{exitNothing, "nothing to scan was found"},
		{exitInterrupt, "interrupted (SIGINT)"},
		{exitTerminate, "terminated (SIGTERM)"},
	}
}

// usageError is a mistake in the arguments or in a file that the user wrote.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(hint, format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...), hint}
}

// codeError carries an exit code that the work itself decided; its message has
// been printed already.
type codeError int

func (e codeError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Main runs one command line and returns its exit code.
func Main(args []string, s Streams) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(s.Err, "rukhsa: internal error: %v\nhint: please report it with the lines below\n%s", p, debug.Stack())
			code = exitIncomplete
		}
	}()
	a := &app{Streams: s}
	if slices.Equal(args, []string{"--version"}) {
		return a.exit(a.printVersion()) // other programs ask it at each of their starts: without building the commands
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	go func() {
		select {
		case sig := <-signals:
			if sig == syscall.SIGTERM {
				cancel(codeError(exitTerminate))
			} else {
				cancel(codeError(exitInterrupt))
			}
		case <-ctx.Done():
		}
	}()
	root := a.root()
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		completions(root)
	}
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	var signalled codeError
	if errors.As(context.Cause(ctx), &signalled) {
		return int(signalled)
	}
	return a.exit(err)
}

func (a *app) exit(err error) int {
	if err == nil {
		return exitOK
	}
	var done codeError
	if errors.As(err, &done) {
		return int(done)
	}
	fmt.Fprintf(a.Err, "rukhsa: %s\n", strings.ReplaceAll(printable(err.Error()), "\n", "\nrukhsa: "))
	var usage *usageError
	if errors.As(err, &usage) {
		if usage.hint != "" {
			fmt.Fprintf(a.Err, "hint: %s\n", usage.hint)
		}
		return exitUsage
	}
	return exitIncomplete
}

// note writes a line to standard error.
func (a *app) note(format string, args ...any) {
	fmt.Fprintf(a.Err, "rukhsa: %s\n", printable(fmt.Sprintf(format, args...)))
}
