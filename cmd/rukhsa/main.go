// Rukhsa says under which license everything in a Go module and the AI models
// and datasets around it is, what each license asks, and whether that is met.
package main

import (
	"os"

	"github.com/rukhsa/rukhsa/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
