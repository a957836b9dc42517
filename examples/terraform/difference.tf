# Asks Carillon, by the HTTP provider, what the file would change: `terraform plan` shows it, and fails if the file is refused.
terraform {
  required_providers {
    http = {
      source  = "hashicorp/http"
      version = "~> 3.4"
    }
  }
}

variable "carillon_key" {
  type      = string
  sensitive = true
}

data "http" "difference" {
  url    = "${var.carillon_url}/api/v1/jobs/apply?dryRun=true&prune=true"
  method = "POST"
  request_headers = {
    Authorization = "Bearer ${var.carillon_key}"
    Content-Type  = "application/yaml"
  }
  request_body = file(var.file)

  lifecycle {
    postcondition {
      condition     = self.status_code == 200
      error_message = "Carillon refuses the file: ${self.response_body}"
    }
  }
}

output "difference" {
  value = {
    for each in ["created", "changed", "deleted"] :
    each => [for job in jsondecode(data.http.difference.response_body)[each] : job.name]
  }
}
