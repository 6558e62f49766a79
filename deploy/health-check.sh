#!/bin/bash
# Succeeds while the service of this container is ready. It runs every few seconds: without Node, which is a second's computing.
case $HEALTH_URL in
http://*)
  address=${HEALTH_URL#http://}
  host_and_port=${address%%/*}
  exec 3<>"/dev/tcp/${host_and_port%:*}/${host_and_port##*:}" || exit 1
  printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "${address#*/}" "$host_and_port" >&3
  read -r -t 4 -u 3 _ status _
  [ "$status" = 200 ]
  ;;
*)
  # The certificate may name another host than this address.
  NODE_TLS_REJECT_UNAUTHORIZED=0 exec node -e 'fetch(process.env.HEALTH_URL, { signal: AbortSignal.timeout(4000) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))'
  ;;
esac
