import Glibc

/// A small file that is written whole or not at all: a token, a key, a certificate.
package enum AtomicFile {
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Replaces the file as a whole: whoever reads it sees the old content or the new, also after a power cut. It is never
  /// written through a symbolic link, and never readable by others on the way; nor later if it is private. Needs a folder only its owner can write.
  package static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = true) throws(SystemCallError) {
    let (folder, name) = split(path)
    guard !name.isEmpty else { throw SystemCallError("open", path, code: EISDIR) }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw SystemCallError("open", folder) }
    defer { close(directory) }
    try refuseOtherThanFile(name, in: directory, path: path)

    let temporary = ".\(name).\(getpid()).new"
    // Left behind by a process of the same number that was killed here.
    _ = unlinkat(directory, temporary, 0)
    let file = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemCallError("open", temporary) }
    do throws(SystemCallError) {
      defer { close(file) }
      try fill(file, with: bytes, mode: isPrivate ? 0o600 : 0o644, path: temporary)
      guard renameat(directory, temporary, directory, name) == 0 else { throw SystemCallError("rename", path) }
    } catch {
      _ = unlinkat(directory, temporary, 0)
      throw error
    }
    guard fsync(directory) == 0 else { throw SystemCallError("fsync", folder) }
  }

  /// rename(2) would replace a symbolic link silently; whoever put one there meant something else.
  private static func refuseOtherThanFile(_ name: String, in directory: Int32, path: String) throws(SystemCallError) {
    var status = stat()
    guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return }
      throw SystemCallError("stat", path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SystemCallError("open", path, code: ELOOP) }
  }

  private static func fill(_ file: Int32, with bytes: [UInt8], mode: mode_t, path: String) throws(SystemCallError) {
    // The umask may have taken bits away, and an ACL on the folder may have added some.
    guard fchmod(file, mode) == 0 else { throw SystemCallError("chmod", path) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemCallError("write", path) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw SystemCallError("fsync", path) }
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
  }
}
