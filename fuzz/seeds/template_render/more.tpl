{{ range 5 }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ continue }}{{ end }}{{ $x := 1 }}{{ $x = add $x 2 }}{{ $x }}
{{ dateInZone "2006-01-02" 0 "UTC" }}{{ b64enc "x" | b64dec }}{{ sha256sum .name }}{{ substr 0 2 .name }}{{ trunc -2 .name }}
{{ dig "b" "c" "z" .map }}{{ slice .list 1 2 }}{{ index .list 2 "three" }}{{ wrap 5 .text }}{{ repeat 3 "ab" }}{{ ternary 1 2 .on }}
{{ urlParse "http://a:b@c/d?e#f" | toJson }}{{ round 1.255 2 }}{{ seq 1 2 9 }}{{ untilStep 0 9 3 }}{{ .list | uniq | reverse | compact }}
{{ lookup "v1" "Pod" "" "" }}{{ required "no" .none }}
