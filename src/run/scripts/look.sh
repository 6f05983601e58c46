# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What the doctor and the view of a host look at alike. Nothing is changed. A table is one value: a line for each
# row, tabs between its columns, the last one free text.

# fl_try SECONDS COMMAND…: what may hang, with a driver or a file system that does not answer.
fl_try () {
  fl_limit=$1
  shift
  if command -v timeout >/dev/null 2>&1; then
    timeout "$fl_limit" "$@"
  else
    "$@"
  fi
}

# fl_line TEXT: TEXT in a line of its own, without anything that would end a column or a row.
fl_line () {
  printf %s "$1" | tr '\000-\037\177' ' ' | cut -c 1-300
}

# fl_name_of UID: the account's name, or the number.
fl_name_of () {
  if command -v getent >/dev/null 2>&1; then
    fl_entry=$(fl_try 3 getent passwd "$1" 2>/dev/null)
  else
    fl_entry=$(awk -F: -v uid="$1" '$3 == uid { print; exit }' /etc/passwd 2>/dev/null)
  fi
  fl_entry=${fl_entry%%:*}
  printf %s "${fl_entry:-$1}"
}

# fl_uid_of PID: the account that it runs as; empty when it is not to be seen.
fl_uid_of () {
  # shellcheck disable=SC2046,SC2012
  set -- $(ls -ldn "/proc/$1" 2>/dev/null)
  printf %s "${3-}"
}

# fl_process PID: a row with pid, account, whether it is ours, and command.
fl_process () {
  fl_owner=$(fl_uid_of "$1")
  [ -n "$fl_owner" ] || return 0
  fl_mine=no
  [ "$fl_owner" = "$fl_me" ] && fl_mine=yes
  printf '%s\t%s\t%s\t%s\n' "$1" "$(fl_name_of "$fl_owner")" "$fl_mine" \
    "$(fl_line "$(fl_command_of "$1")")"
}

# fl_mount DIRECTORY: fl_mounted, the mount point, and what df(1) and proc(5) say of it: fl_total and fl_left
# (KiB), fl_inodes and fl_inodes_left, fl_options, fl_type. Empty where it is not known.
fl_mount () {
  fl_mounted='' fl_total='' fl_left='' fl_inodes='' fl_inodes_left='' fl_options='' fl_type=''
  fl_df=$(fl_try 5 df -Pk "$1" 2>/dev/null | fl_df_columns) || return 0
  IFS='	' read -r fl_total fl_left fl_mounted <<END
$fl_df
END
  fl_df=$(fl_try 5 df -Pi "$1" 2>/dev/null | fl_df_columns)
  IFS='	' read -r fl_inodes fl_inodes_left fl_ignored <<END
$fl_df
END
  # The last line of a mount point is the one on top (proc_pid_mounts(5)).
  fl_df=$(fl_point=$fl_mounted awk '
    BEGIN { point = ENVIRON["fl_point"]; gsub(/ /, "\\040", point) }
    $2 == point { found = $3 " " $4 }
    END { print found }' /proc/self/mounts 2>/dev/null)
  fl_type=${fl_df%% *} fl_options=${fl_df#* }
}

fl_df_columns () {
  awk 'NR > 1 {
      for (i = NF; i > 3; i--)
        if ($i ~ /^([0-9]+%|-)$/) {
          at = index($0, " " $i " ")
          printf "%s\t%s\t%s\n", $(i - 3), $(i - 1), substr($0, at + length($i) + 2)
          exit
        }
    }' | sed 's/	 */	/g'
}

fl_put_mount () {
  fl_put "$1-mount" "$fl_mounted"
  fl_word "$1-total" "$fl_total"
  fl_word "$1-free" "$fl_left"
  fl_word "$1-inodes" "$fl_inodes"
  fl_word "$1-inodes-free" "$fl_inodes_left"
  fl_put "$1-options" "$fl_options"
  fl_put "$1-type" "$fl_type"
}

# The graphics cards as the driver's own tool sees them, with who uses them. Only fields that drivers of any
# age know: one that is not known makes the tool refuse all.
fl_look_at_gpus () {
  fl_gpus='' fl_gpu_code='' fl_gpu_apps='' fl_cuda='' fl_mig=''
  fl_smi=$(command -v nvidia-smi 2>/dev/null)
  for fl_place in /usr/lib/wsl/lib /usr/local/nvidia/bin; do
    [ -z "$fl_smi" ] && [ -x "$fl_place/nvidia-smi" ] && fl_smi=$fl_place/nvidia-smi
  done
  [ -n "$fl_smi" ] || return 0
  fl_gpus=$(fl_try 10 "$fl_smi" --format=csv,noheader,nounits \
    --query-gpu=index,uuid,name,driver_version,memory.total,memory.used,utilization.gpu 2>&1)
  fl_gpu_code=$?
  [ "$fl_gpu_code" -eq 0 ] || return 0
  fl_gpu_apps=$(fl_try 10 "$fl_smi" --format=csv,noheader,nounits \
    --query-compute-apps=gpu_uuid,pid,process_name,used_gpu_memory 2>/dev/null)
  fl_shown=$(fl_try 10 "$fl_smi" 2>/dev/null)
  fl_cuda=$(printf '%s\n' "$fl_shown" | sed -n 's/.*CUDA Version: *\([0-9.]*\).*/\1/p' | head -n 1)
  case $fl_shown in *'MIG devices:'*) fl_mig=yes ;; esac
}

# Cards of NVIDIA on the bus, whether or not there is a driver for them (sysfs: class 03 is a display controller).
fl_count_cards () {
  set +f
  cat /sys/bus/pci/devices/*/uevent 2>/dev/null |
    awk -F= '$1 == "PCI_CLASS" { class = $2 } $1 == "PCI_ID" && class ~ /^3[0-9A-F][0-9A-F][0-9A-F][0-9A-F]$/ &&
             $2 ~ /^10DE:/ { n++ } END { print n + 0 }'
  set -f
}

fl_gpu_processes () {
  for fl_pid in $(printf '%s\n' "$fl_gpu_apps" | awk -F', *' '$2 ~ /^[0-9]+$/ { print $2 }' | sort -u); do
    fl_process "$fl_pid"
  done
}

fl_put_gpus () {
  fl_put smi "$fl_smi"
  fl_word smi-code "$fl_gpu_code"
  fl_put gpus "$(printf %s "$fl_gpus" | head -c 20000)"
  fl_put gpu-apps "$(printf %s "$fl_gpu_apps" | head -c 20000)"
  fl_put gpu-processes "$(fl_gpu_processes)"
  fl_word cuda "$fl_cuda"
  fl_word mig "$fl_mig"
  fl_word cards "$(fl_count_cards)"
}
