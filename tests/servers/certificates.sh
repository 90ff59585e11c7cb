#!/bin/bash
# SPDX-License-Identifier: MIT
#
# usage: certificates.sh FOLDER
#
# Makes an authority (ca.pem) and certificates of it for localhost and
# 127.0.0.1, with their keys in the same file: good.pem, expired.pem,
# future.pem, name.pem (for another name), and self.pem, which nobody signed.

set -euo pipefail

cd "$1"

cat >ca.conf <<'END'
[ca]
default_ca = here
[here]
dir = .
new_certs_dir = .
database = index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
[local]
subjectAltName = DNS:localhost, IP:127.0.0.1
[other]
subjectAltName = DNS:other.example
END
: >index.txt

openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl req -config ca.conf -x509 -new -key key.pem -subj '/CN=awm test authority' \
	-days 2 -extensions authority -out ca.pem
openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
openssl req -config ca.conf -new -key leaf.key -subj '/CN=localhost' -out leaf.csr

# issue NAME EXTENSIONS FROM TO
issue() {
	openssl ca -config ca.conf -batch -notext -cert ca.pem -keyfile key.pem \
		-in leaf.csr -extensions "$2" -startdate "$3" -enddate "$4" \
		-out "$1.crt"
	cat "$1.crt" leaf.key >"$1.pem"
}

today=$(date -u -d '1 day ago' +%Y%m%d%H%M%SZ)
tomorrow=$(date -u -d '1 day' +%Y%m%d%H%M%SZ)
issue good local "$today" "$tomorrow"
issue name other "$today" "$tomorrow"
issue expired local 20200101000000Z 20200102000000Z
issue future local "$tomorrow" "$(date -u -d '2 days' +%Y%m%d%H%M%SZ)"

openssl req -config ca.conf -x509 -new -key leaf.key -subj '/CN=localhost' \
	-days 2 -extensions local -out self.crt
cat self.crt leaf.key >self.pem
