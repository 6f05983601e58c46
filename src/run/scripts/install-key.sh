# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Install key: one line more in ~/.ssh/authorized_keys, as sshd(8) wants the files to be; no other line is
# touched. Takes FL_TYPE, FL_BLOB (base64) and FL_LINE, which holds both. A link is followed.

# fl_find: prints "plain" if the key stands in the file as it is, "limited" if behind options.
fl_find () {
  awk -v type="$FL_TYPE" -v blob="$FL_BLOB" '
    /^[ \t]*#/ { next }
    {
      sub(/\r$/, "")
      for (i = 1; i < NF; i++)
        if ($i == type && $(i + 1) == blob)
          found = i == 1 || found == "plain" ? "plain" : "limited"
    }
    END { print found }' "$fl_file" 2>/dev/null
}

fl_ends_open () {
  [ -s "$fl_file" ] && [ "$(tail -c 1 "$fl_file" | od -An -tx1 | tr -d ' \n')" != 0a ]
}

fl_append () {
  fl_before=''
  fl_ends_open && fl_before='
'
  fl_why=$({ printf '%s%s\n' "$fl_before" "$FL_LINE" >>"$fl_file"; } 2>&1)
}

# StrictModes of sshd_config(5): it reads no file that others could have written.
fl_tidy () {
  chmod go-w "$fl_dir" "$fl_file" 2>/dev/null
  if command -v restorecon >/dev/null 2>&1; then
    restorecon -F "$fl_dir" "$fl_file" >/dev/null 2>&1
  fi
  case $(ls -ldL "$HOME" 2>/dev/null) in
    ?????w* | ????????w*) fl_home=writable ;;
  esac
}

fl_install () {
  if [ ! -d "$fl_dir" ]; then
    fl_why=$(mkdir -m 700 "$fl_dir" 2>&1) || return
  fi
  if [ -e "$fl_file" ] && [ ! -f "$fl_file" ]; then
    fl_why='not a file'
    return
  fi
  case $(fl_find) in
    plain) fl_result=present ;;
    limited) fl_result=limited ;;
    *)
      fl_append
      [ "$(fl_find)" != plain ] || fl_result=added
      ;;
  esac
  fl_tidy
}

fl_main () {
  umask 077
  fl_dir=$HOME/.ssh
  fl_file=$fl_dir/authorized_keys
  fl_result=failed fl_why='' fl_home=''
  fl_install
  fl_begin
  fl_word result "$fl_result"
  fl_word home "$fl_home"
  fl_put file "$fl_file"
  fl_put why "$fl_why"
  fl_end
}
