// Makes one call with the generated client, and says what it read: see ../README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"reflect"
	"strings"

	"autoscaling/client"
)

type call struct {
	Operation string
	Endpoint  string
	Token     string
	Path      map[string]string
	Query     map[string]json.RawMessage
	Body      json.RawMessage
}

type answer struct {
	Status int `json:"status"`
	Reply  any `json:"reply"`
}

// read decodes into the model that the generated method takes.
func read[Model any](text json.RawMessage) (model Model) {
	if err := json.Unmarshal(text, &model); err != nil {
		log.Fatalf("%s: %v", text, err)
	}
	return model
}

// with sets those query parameters that are given: start_time by the method StartTime, and type, a
// word of the language, by Type_.
func with[Request any](request Request, query map[string]json.RawMessage) Request {
	for name, text := range query {
		words := strings.Title(strings.ReplaceAll(name, "_", " "))
		camel := strings.ReplaceAll(words, " ", "")
		method := reflect.ValueOf(request).MethodByName(camel)
		if !method.IsValid() {
			method = reflect.ValueOf(request).MethodByName(camel + "_")
		}
		argument := reflect.New(method.Type().In(0))
		if err := json.Unmarshal(text, argument.Interface()); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		request = method.Call([]reflect.Value{argument.Elem()})[0].Interface().(Request)
	}
	return request
}

// said is what came of a call: the model of its reply or that of an error.
func said[Reply any](reply Reply, response *http.Response, err error) answer {
	var refusal *client.GenericOpenAPIError
	if errors.As(err, &refusal) && refusal.Model() != nil {
		return answer{response.StatusCode, refusal.Model()}
	}
	if err != nil {
		log.Fatal(err)
	}
	return answer{response.StatusCode, reply}
}

func main() {
	var c call
	if err := json.NewDecoder(os.Stdin).Decode(&c); err != nil {
		log.Fatal(err)
	}
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: c.Endpoint}}
	api := client.NewAPIClient(configuration)
	keys := map[string]client.APIKey{"token": {Key: c.Token}}
	ctx := context.WithValue(context.Background(), client.ContextAPIKeys, keys)
	project, group, policy := c.Path["project_id"], c.Path["scaling_group_id"], c.Path["scaling_policy_id"]

	var answer answer
	switch c.Operation {
	case "updateScalingGroup":
		body := read[client.UpdateScalingGroupRequest](c.Body)
		answer = said(api.GroupsAPI.UpdateScalingGroup(ctx, project, group).UpdateScalingGroupRequest(body).Execute())
	case "updateScalingPolicy":
		body := read[client.UpdateScalingPolicyRequest](c.Body)
		answer = said(api.PoliciesAPI.UpdateScalingPolicy(ctx, project, policy).UpdateScalingPolicyRequest(body).Execute())
	case "listScalingActivityLogs":
		answer = said(with(api.LogsAPI.ListScalingActivityLogs(ctx, project, group), c.Query).Execute())
	case "listScalingPolicyExecuteLogs":
		answer = said(with(api.LogsAPI.ListScalingPolicyExecuteLogs(ctx, project, policy), c.Query).Execute())
	default:
		log.Fatalf("no operation %q", c.Operation)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		log.Fatal(err)
	}
}
