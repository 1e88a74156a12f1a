package dev.parley.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class AdminServerTest {
    @Test
    void a_validator_that_starts_says_so_and_does_not_take_part() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "starts", ConfigFactory.load());
        AdminSettings settings = AdminSettings.of(
                ConfigFactory.parseString("parley.admin.port = 0").withFallback(ConfigFactory.load()));
        try (AdminServer server = AdminServer.open(system, settings, new NodeMetrics());
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(answer(client, server, "GET", "/health")).isEqualTo("200 starts");
            assertThat(answer(client, server, "GET", "/ready")).isEqualTo("503 starts");
            assertThat(answer(client, server, "GET", "/status")).isEqualTo("503 starts");
            assertThat(answer(client, server, "GET", "/state")).isEqualTo("503 starts");
            assertThat(answer(client, server, "POST", "/faults/heal")).isEqualTo("503 starts");
            assertThat(answer(client, server, "GET", "/metrics"))
                    .contains("parley_decided_height 0.0", "parley_first_vote_timestamp_seconds 0.0");
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private static String answer(HttpClient client, AdminServer server, String method, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
