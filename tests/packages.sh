#!/usr/bin/env bash
# What the tests need from Debian: installs it when it may, else names it and fails.
set -euo pipefail

# command  package
needs="chromium chromium
firefox-esr firefox-esr
ip iproute2
ping iputils-ping
ffprobe ffmpeg
tshark tshark
pdftotext poppler-utils
certutil libnss3-tools
redis-server redis-server
psql postgresql
Xvfb xvfb
cc gcc"

missing=()
while read -r command package; do
  command -v "$command" >/dev/null || [ -x "/usr/sbin/$command" ] || missing+=("$package")
done <<<"$needs"
# Chromium draws the Kyrgyz letters with these
fc-list 2>/dev/null | grep -qi dejavu || missing+=("fonts-dejavu-core")

if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

echo "The tests need these Debian packages: ${missing[*]}"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # the tests start their own servers, on their own ports and data
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "Install them (as root): apt-get install ${missing[*]}"
  exit 1
fi
