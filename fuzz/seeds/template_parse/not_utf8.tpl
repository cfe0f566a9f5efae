{{define ""."ÿ"‰}}{{end}}
