# Applies a file of jobs whenever it changes. Needs the command `carillon`, with CARILLON_KEY in the environment.
terraform {
  required_version = ">= 1.5"
}

variable "carillon_url" {
  type    = string
  default = "http://localhost:8080"
}

variable "file" {
  description = "All jobs of one owner"
  type        = string
  default     = "../ci/jobs.yaml"
}

resource "terraform_data" "jobs" {
  triggers_replace = [var.carillon_url, filesha256(var.file)]

  provisioner "local-exec" {
    command     = "carillon apply --file \"$FILE\" --prune"
    environment = { CARILLON_URL = var.carillon_url, FILE = var.file }
  }
}
