#!/usr/bin/env bash
# Makes a small root file system to build images upon (`rootfs.sh FOLDER`): this machine's shell, coreutils, make, gcc, curl and Python.
set -euo pipefail

root=${1:?a folder}
rm -rf "$root"
mkdir -p "$root"/{tmp,proc,dev,sys,app,etc,usr/bin,usr/lib,usr/lib64}
for link in bin lib lib64; do ln -s "usr/$link" "$root/$link"; done

programs=$(dpkg -L coreutils bash dash grep sed make tar gzip findutils curl | grep -E '^(/usr)?/bin/.' | sed 's|^/bin|/usr/bin|')
compiler=$(printf '/usr/bin/%s\n' gcc gcc-12 cc as ld x86_64-linux-gnu-{gcc-12,as,ld,ld.bfd} python3 python3.11 sh)
libraries=$(for file in $programs $compiler /usr/lib/gcc/x86_64-linux-gnu/12/{cc1,collect2} /usr/lib/python3.11/lib-dynload/*.so; do
  ldd "$file" 2>/dev/null | grep -oE '/[^ ]+' || true
done | sed 's|^/lib|/usr/lib|' | sort -u)
objects=$(printf '/usr/lib/x86_64-linux-gnu/%s\n' {crt1,Scrt1,crti,crtn}.o libc.so libc_nonshared.a libm.so.6 libmvec.so.1 libgcc_s.so.1 libnss_{dns,files}.so.2)
folders="/usr/lib/gcc/x86_64-linux-gnu/12 /usr/lib/python3.11 $(echo /usr/include/*.h) /usr/include/linux /usr/include/asm-generic /usr/include/x86_64-linux-gnu"

for path in $programs $compiler $libraries $objects $folders /etc/alternatives/cc; do [ -e "$path" ] && echo "${path#/}"; done |
  tar -C / -c --dereference --hard-dereference --exclude='*/test' --exclude=__pycache__ --exclude='lib*san*' --exclude=cc1plus -T - 2>/dev/null |
  tar -C "$root" -x
echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
