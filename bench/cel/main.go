// Times cel-go on the expressions of expressions.json: one JSON line for each, with nanoseconds for one evaluation.
//
//	cel-go expressions.json [SECONDS]
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
)

type suite struct {
	Inputs      map[string]any
	Expressions []struct{ Name, Input, Expression string }
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// Whole numbers as int64, as Kubernetes hands objects to CEL.
func numbers(value any) any {
	switch held := value.(type) {
	case json.Number:
		if whole, err := held.Int64(); err == nil {
			return whole
		}
		return must(held.Float64())
	case map[string]any:
		for key := range held {
			held[key] = numbers(held[key])
		}
	case []any:
		for index := range held {
			held[index] = numbers(held[index])
		}
	}
	return value
}

func read(path string) suite {
	var read suite
	decoder := json.NewDecoder(bytes.NewReader(must(os.ReadFile(path))))
	decoder.UseNumber()
	must(0, decoder.Decode(&read))
	numbers(read.Inputs)
	return read
}

// The median of five rounds.
func measure(program cel.Program, input any, seconds float64) (float64, any) {
	activation := must(cel.NewActivation(map[string]any{"object": input}))
	result, _, err := program.Eval(activation)
	must(0, err)
	var rounds []float64
	for range 5 {
		count, begin := 0, time.Now()
		for time.Since(begin).Seconds() < seconds/5 {
			for range 1000 {
				if _, _, err := program.Eval(activation); err != nil {
					must(0, err)
				}
			}
			count += 1000
		}
		rounds = append(rounds, float64(time.Since(begin).Nanoseconds())/float64(count))
	}
	sort.Float64s(rounds)
	return rounds[2], result.Value()
}

func main() {
	seconds := 0.5
	if len(os.Args) > 2 {
		seconds = must(strconv.ParseFloat(os.Args[2], 64))
	}
	env := must(cel.NewEnv(cel.Variable("object", cel.DynType), cel.OptionalTypes(), ext.Strings()))
	suite := read(os.Args[1])
	out := json.NewEncoder(os.Stdout)
	for _, each := range suite.Expressions {
		ast, issues := env.Compile(each.Expression)
		must(0, issues.Err())
		program := must(env.Program(ast, cel.EvalOptions(cel.OptOptimize)))
		nanoseconds, result := measure(program, suite.Inputs[each.Input], seconds)
		must(0, out.Encode(map[string]any{"name": each.Name, "ns": nanoseconds, "result": result}))
	}
}
