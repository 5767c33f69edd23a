import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Base64;

public class JavaOld {
    public static void main(String[] arguments) throws Exception {
        String sid = System.getenv("TWILIO_ACCOUNT_SID");
        String token = System.getenv("TWILIO_AUTH_TOKEN");
        URI uri = URI.create("https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json?PageSize=1");
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        String pair = Base64.getEncoder().encodeToString((sid + ":" + token).getBytes("UTF-8"));
        connection.setRequestProperty("Authorization", "Basic " + pair);
        int status = connection.getResponseCode();
        System.exit(status == 200 ? 0 : status == 401 ? 3 : 4);
    }
}
