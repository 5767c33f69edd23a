package main

import (
	"net/http"
	"os"
)

func main() {
	sid, token := os.Getenv("TWILIO_ACCOUNT_SID"), os.Getenv("TWILIO_AUTH_TOKEN")
	url := "https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json?PageSize=1"
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		os.Exit(4)
	}
	request.SetBasicAuth(sid, token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(4)
	}
	answer.Body.Close()
	switch answer.StatusCode {
	case 200:
		os.Exit(0)
	case 401:
		os.Exit(3)
	}
	os.Exit(4)
}
