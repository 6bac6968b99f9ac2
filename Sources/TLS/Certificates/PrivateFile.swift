#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes key files: whole or not at all, and never readable by others, not even for a moment.
enum PrivateFile {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
    let draft = "\(path).new"
    unlink(draft)
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(draft) }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: written), bytes.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(draft) }
      written += count
    }
    guard fchmod(file, mode) == 0, fsync(file) == 0, rename(draft, path) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> CertificateError {
    CertificateError("\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}
