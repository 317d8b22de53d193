// What `strake rules export` prints, compiled and evaluated by the CEL of Kubernetes itself: every expression has to have the
// type that the API server wants, and every example of a rule has to get the verdict that the rule says. See ./run.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type variable struct{ Name, Expression string }

type example struct {
	Objects []map[string]any
	Bad     bool
}

type policy struct {
	Name        string
	Conditions  []string
	Variables   []variable
	Validations []struct{ Expression, MessageExpression string }
	Examples    []example
}

type judge struct {
	env       *cel.Env
	fields    map[string]*apiservercel.DeclField
	name      string
	wrong     int
	compiled  int
	evaluated int
}

func (j *judge) fail(words ...any) {
	j.wrong++
	fmt.Println(append([]any{j.name + ":"}, words...)...)
}

func newJudge(name string, minor uint) *judge {
	fields := map[string]*apiservercel.DeclField{}
	variables := apiservercel.NewObjectType("kubernetes.variables", fields)
	set, err := environment.MustBaseEnvSet(version.MajorMinor(1, minor)).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions: []cel.EnvOption{cel.Variable("object", cel.DynType), cel.Variable("oldObject", cel.DynType),
			cel.Variable("request", cel.DynType), cel.Variable("variables", variables.CelType())},
		DeclTypes: []*apiservercel.DeclType{variables},
	})
	if err != nil {
		panic(err)
	}
	return &judge{env: set.NewExpressionsEnv(), fields: fields, name: name}
}

// compile returns a program and its type; wanted is the type that it has to have, nil: any.
func (j *judge) compile(text string, wanted *cel.Type) (cel.Program, *cel.Type) {
	j.compiled++
	ast, issues := j.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		j.fail(issues.Err())
		return nil, cel.DynType
	}
	if wanted != nil && !ast.OutputType().IsExactType(wanted) {
		j.fail("type", ast.OutputType(), "of", text)
	}
	program, err := j.env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		j.fail(err)
	}
	return program, ast.OutputType()
}

func evaluate(program cel.Program, object, variables map[string]any) (any, error) {
	value, _, err := program.Eval(map[string]any{"object": object, "oldObject": nil, "request": map[string]any{},
		"variables": variables})
	if err != nil {
		return nil, err
	}
	return value.Value(), nil
}

func (j *judge) run(p policy) {
	programs := map[string]cel.Program{}
	for _, condition := range p.Conditions {
		programs["condition"], _ = j.compile(condition, cel.BoolType)
	}
	for _, v := range p.Variables {
		program, typ := j.compile(v.Expression, nil)
		programs[v.Name] = program
		j.fields[v.Name] = apiservercel.NewDeclField(v.Name,
			apiservercel.NewSimpleTypeWithMinSize(typ.String(), typ, nil, 0), true, nil, nil)
	}
	verdict, _ := j.compile(p.Validations[0].Expression, cel.BoolType)
	var message cel.Program
	if p.Validations[0].MessageExpression != "" {
		message, _ = j.compile(p.Validations[0].MessageExpression, cel.StringType)
	}
	if j.wrong > 0 {
		return
	}
	for number, one := range p.Examples {
		refused := false
		for _, object := range one.Objects {
			refused = j.judgeObject(p, programs, verdict, message, object) || refused
		}
		if refused != one.Bad {
			j.fail("example", number, "refused:", refused, "bad:", one.Bad)
		}
	}
}

func (j *judge) judgeObject(p policy, programs map[string]cel.Program, verdict, message cel.Program, object map[string]any) bool {
	j.evaluated++
	if holds, err := evaluate(programs["condition"], object, nil); err != nil || holds != true {
		j.fail("a new object is not judged", holds, err)
	}
	variables := map[string]any{}
	for _, v := range p.Variables {
		value, err := evaluate(programs[v.Name], object, variables)
		if err != nil {
			j.fail(v.Name, err)
			return true
		}
		variables[v.Name] = value
	}
	good, err := evaluate(verdict, object, variables)
	if err == nil && good == true {
		return false
	}
	if message != nil {
		if words, err := evaluate(message, object, variables); err != nil || words == "" {
			j.fail("message", words, err)
		}
	}
	return true
}

func main() {
	var policies []policy
	data, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(data, &policies)
	}
	minor, numberErr := strconv.Atoi(os.Args[2])
	if err != nil || numberErr != nil {
		panic(fmt.Sprint(err, numberErr))
	}
	wrong, compiled, evaluated := 0, 0, 0
	for _, p := range policies {
		j := newJudge(p.Name, uint(minor))
		j.run(p)
		wrong, compiled, evaluated = wrong+j.wrong, compiled+j.compiled, evaluated+j.evaluated
	}
	fmt.Printf("Kubernetes 1.%d: %d policies, %d expressions, %d objects judged, %d wrong\n", minor, len(policies), compiled,
		evaluated, wrong)
	if wrong > 0 {
		os.Exit(1)
	}
}
