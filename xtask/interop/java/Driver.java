// Makes calls with the generated client, and writes the decoded responses: see ../README.md.

import otcautoscaling.*;
import otcautoscaling.model.ErrorResponse;
import com.fasterxml.jackson.databind.*;
import java.lang.reflect.*;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.stream.Stream;

final class Driver {
    // The default mapper of an ApiClient also accepts "0" as a number, so that a string matches both types of an
    // integer-or-string.
    private static final ObjectMapper MAPPER = JSON.getDefault().getMapper();

    public static void main(String[] arguments) throws Exception {
        Scanner calls = new Scanner(System.in, StandardCharsets.UTF_8);
        while (calls.hasNextLine()) {
            Map<String, ?> answer = make(MAPPER.readTree(calls.nextLine()));
            System.out.println(MAPPER.writeValueAsString(answer));
        }
    }

    private static Map<String, ?> make(JsonNode call) throws Exception {
        String token = call.get("token").asText();
        ApiClient client = new ApiClient(HttpClient.newBuilder(), MAPPER, call.get("endpoint").asText());
        client.setRequestInterceptor(request -> request.header("X-Auth-Token", token));
        String tag = call.get("tag").asText();
        String name = tag.substring(0, 1).toUpperCase(Locale.ROOT) + tag.substring(1);
        Class<?> api = Class.forName("otcautoscaling.api." + name + "Api");
        // Another overload also takes headers.
        Method method = Stream.of(api.getMethods())
            .filter(each -> each.getName().equals(call.get("operation").asText() + "WithHttpInfo"))
            .min(Comparator.comparing(Method::getParameterCount)).orElseThrow();
        // An argument that is neither in the path nor in the query is the body, or is absent.
        Object[] arguments = Stream.of(method.getParameters()).map(parameter -> {
            String key = parameter.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
            JsonNode query = call.get("query").has(key) ? call.get("query").get(key) : call.get("body");
            JsonNode value = call.get("path").has(key) ? call.get("path").get(key) : query;
            return MAPPER.convertValue(value, MAPPER.constructType(parameter.getParameterizedType()));
        }).toArray();
        try {
            Object service = api.getConstructor(ApiClient.class).newInstance(client);
            ApiResponse<?> response = (ApiResponse<?>) method.invoke(service, arguments);
            return Map.of("status", response.getStatusCode(), "response", response.getData());
        } catch (InvocationTargetException failure) {
            if (failure.getCause() instanceof ApiException error && error.getResponseBody() != null) {
                ErrorResponse response = MAPPER.readValue(error.getResponseBody(), ErrorResponse.class);
                return Map.of("status", error.getCode(), "response", response);
            }
            throw failure;
        }
    }
}
