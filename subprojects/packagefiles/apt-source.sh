# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by scripts that fetch a Debian source package. No archive is named: the entries are this
# machine's own (deb822 .sources or one-line .list), turned into deb-src ones of the wanted release.
#   apt_source_init RELEASE DIR      lists of their own in DIR; the machine's apt is not changed
#   apt_source_versions PACKAGE      the versions on offer, on one line
#   apt_source_download PACKAGE VERSION    the files of that source, into the current folder

# Other people's repositories do not carry a release's "main" and are left out.
apt_source_entries () {
  local release=$1 to=$2 from suite f
  from=$(. /etc/os-release; echo "${VERSION_CODENAME:-$release}")
  suite="(${from}|stable|oldstable)"
  for f in /etc/apt/sources.list.d/*.sources; do
    [ ! -r "$f" ] || awk -v RS='' -v ORS='\n\n' 'tolower($0) ~ /(^|\n)enabled:[ \t]*no/ { next }
      $0 ~ /(^|\n)Types:[^\n]*deb/ && $0 ~ /(^|\n)Components:[^\n]*main/' "$f"
  done | sed -E "/^#/d; s/^Types:.*/Types: deb-src/; s/^Components:.*/Components: main/
                 /^Suites:/ { s/\\b$suite(-[a-z]+)?\\b/$release\\2/g; s/ [a-z]+-backports\\b//g }" \
    >"$to/entries.sources"
  for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -r "$f" ] || sed -nE "s/^deb(-src)?[[:space:]](.*[[:space:]])$suite(-updates|-security)?[[:space:]].*\\bmain\\b.*/deb-src \\2$release\\4 main/p" "$f"
  done | sort -u >"$to/entries.list"
  [ -s "$to/entries.sources" ] || [ -s "$to/entries.list" ]
}

# Returns 2 when the machine has no Debian archive at all; the log of apt is in DIR/log.
apt_source_init () {
  local release=$1 dir=$2
  mkdir -p "$dir/parts" "$dir/lists/partial" "$dir/cache/archives/partial"
  apt_source_entries "$release" "$dir/parts" || return 2
  apt_source_options=(-q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$dir/parts"
    -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache")
  [ "$(id -u)" != 0 ] || apt_source_options+=(-o APT::Sandbox::User=root)
  # Judged by what it then offers: one entry of several may well fail.
  apt-get "${apt_source_options[@]}" update >"$dir/log" 2>&1 || true
}

apt_source_versions () {
  apt-cache "${apt_source_options[@]}" showsrc "$1" 2>/dev/null | sed -n 's/^Version: //p' | sort -uV | tr '\n' ' '
}

apt_source_download () {
  apt-get "${apt_source_options[@]}" source --download-only "$1=$2"
}
