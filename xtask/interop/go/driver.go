// Makes calls with the generated client, and writes the decoded responses: see ../README.md.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"reflect"
	"strings"

	client "autoscaling/client"
)

type call struct {
	Operation, Tag, Endpoint, Token, Template string
	Path                                      map[string]string
	Query                                     map[string]json.RawMessage
	Body                                      json.RawMessage
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// method finds start_time as StartTime, and type, a keyword of Go, as Type_.
func method(of reflect.Value, name string) reflect.Value {
	name = strings.ReplaceAll(strings.Title(strings.ReplaceAll(name, "_", " ")), " ", "")
	if found := of.MethodByName(name); found.IsValid() {
		return found
	}
	return of.MethodByName(name + "_")
}

// set returns the request with a value, decoded into the type that its setter takes.
func set(request reflect.Value, name string, value json.RawMessage) reflect.Value {
	setter := method(request, name)
	argument := reflect.New(setter.Type().In(0))
	check(json.Unmarshal(value, argument.Interface()))
	return setter.Call([]reflect.Value{argument.Elem()})[0]
}

// make makes the call, and returns the status and the model of the response or of the error.
func (c call) make() map[string]any {
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: c.Endpoint}}
	keys := map[string]client.APIKey{"token": {Key: c.Token}}
	ctx := context.WithValue(context.Background(), client.ContextAPIKeys, keys)
	arguments := []reflect.Value{reflect.ValueOf(ctx)}
	for _, part := range strings.Split(c.Template, "/") {
		if value, isParameter := c.Path[strings.Trim(part, "{}")]; isParameter {
			arguments = append(arguments, reflect.ValueOf(value))
		}
	}
	api := reflect.ValueOf(client.NewAPIClient(configuration)).Elem()
	request := method(api.FieldByName(strings.Title(c.Tag)+"API"), c.Operation).Call(arguments)[0]
	for name, value := range c.Query {
		request = set(request, name, value)
	}
	if c.Body != nil {
		request = set(request, c.Operation+"Request", c.Body)
	}
	results := request.MethodByName("Execute").Call(nil)
	answer := map[string]any{"response": results[0].Interface()}
	answer["status"] = results[1].Elem().FieldByName("StatusCode").Interface()
	err, _ := results[2].Interface().(error)
	if failure, isResponse := err.(*client.GenericOpenAPIError); isResponse && failure.Model() != nil {
		answer["response"], err = failure.Model(), nil
	}
	check(err)
	return answer
}

func main() {
	for calls := json.NewDecoder(os.Stdin); calls.More(); {
		var c call
		check(calls.Decode(&c))
		check(json.NewEncoder(os.Stdout).Encode(c.make()))
	}
}
