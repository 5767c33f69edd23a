require 'net/http'

sid, token = ENV.values_at('TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN')
uri = URI("https://api.twilio.com/2010-04-01/Accounts/#{sid}/Messages.json?PageSize=1")
request = Net::HTTP::Get.new(uri)
request.basic_auth(sid, token)
answer = Net::HTTP.start(uri.host, uri.port, use_ssl: true) { |http| http.request(request) }
exit({ '200' => 0, '401' => 3 }.fetch(answer.code, 4))
