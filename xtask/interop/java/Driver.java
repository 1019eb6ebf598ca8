// Makes one call with the generated client, and says what it read: see ../README.md.

import client.ApiClient;
import client.ApiException;
import client.ApiResponse;
import client.JSON;
import client.api.GroupsApi;
import client.api.LogsApi;
import client.api.PoliciesApi;
import client.model.*;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Driver {
    // The mapper that an ApiClient makes for itself takes "0" for a number too, and so finds that a
    // number-or-text is both.
    private static final ObjectMapper MAPPER = JSON.getDefault().getMapper();

    private final JsonNode call;
    private final ApiClient client;

    private Driver(JsonNode call) {
        this.call = call;
        this.client = new ApiClient(HttpClient.newBuilder(), MAPPER, text(call, "endpoint"));
        String token = text(call, "token");
        client.setRequestInterceptor(request -> request.header("X-Auth-Token", token));
    }

    public static void main(String[] arguments) throws IOException, ApiException {
        Driver driver = new Driver(MAPPER.readTree(System.in));
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            ApiResponse<?> response = driver.make();
            answer.put("status", response.getStatusCode());
            answer.put("reply", response.getData());
        } catch (ApiException error) {
            if (error.getResponseBody() == null) {
                throw error;
            }
            answer.put("status", error.getCode());
            answer.put("reply", MAPPER.readValue(error.getResponseBody(), ErrorResponse.class));
        }
        MAPPER.writeValue(System.out, answer);
    }

    private ApiResponse<?> make() throws ApiException {
        String project = text(call.path("path"), "project_id");
        String group = text(call.path("path"), "scaling_group_id");
        String policy = text(call.path("path"), "scaling_policy_id");
        return switch (text(call, "operation")) {
            case "updateScalingGroup" -> new GroupsApi(client)
                .updateScalingGroupWithHttpInfo(project, group, body(UpdateScalingGroupRequest.class));
            case "updateScalingPolicy" -> new PoliciesApi(client)
                .updateScalingPolicyWithHttpInfo(project, policy, body(UpdateScalingPolicyRequest.class));
            case "listScalingActivityLogs" -> new LogsApi(client)
                .listScalingActivityLogsWithHttpInfo(
                    project,
                    group,
                    query("log_id", String.class),
                    query("start_time", String.class),
                    query("end_time", String.class),
                    query("start_number", Integer.class),
                    query("limit", Integer.class),
                    queryList("type", ScalingActivityType.class),
                    query("status", ScalingActivityStatus.class));
            case "listScalingPolicyExecuteLogs" -> new LogsApi(client)
                .listScalingPolicyExecuteLogsWithHttpInfo(
                    project,
                    policy,
                    query("log_id", String.class),
                    query("scaling_resource_type", ScalingResourceType.class),
                    query("scaling_resource_id", String.class),
                    query("execute_type", ScalingPolicyExecuteType.class),
                    query("start_time", String.class),
                    query("end_time", String.class),
                    query("start_number", Integer.class),
                    query("limit", Integer.class));
            default -> throw new IllegalArgumentException(text(call, "operation"));
        };
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    private <Model> Model body(Class<Model> model) {
        return MAPPER.convertValue(call.get("body"), model);
    }

    /** Null where it is not given. */
    private <Value> Value query(String name, Class<Value> type) {
        return MAPPER.convertValue(call.path("query").get(name), type);
    }

    private <Value> List<Value> queryList(String name, Class<Value> type) {
        var list = MAPPER.getTypeFactory().constructCollectionType(List.class, type);
        return MAPPER.convertValue(call.path("query").get(name), list);
    }
}
