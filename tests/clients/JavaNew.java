import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;

public class JavaNew {
    public static void main(String[] arguments) throws Exception {
        String sid = System.getenv("TWILIO_ACCOUNT_SID");
        String token = System.getenv("TWILIO_AUTH_TOKEN");
        URI uri = URI.create("https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json?PageSize=1");
        String pair = Base64.getEncoder().encodeToString((sid + ":" + token).getBytes("UTF-8"));
        HttpRequest request = HttpRequest.newBuilder(uri).header("Authorization", "Basic " + pair).build();
        int status = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        System.exit(status == 200 ? 0 : status == 401 ? 3 : 4);
    }
}
