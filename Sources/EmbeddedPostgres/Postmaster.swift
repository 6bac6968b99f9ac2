import Glibc

/// What a server says of itself in `postmaster.pid`, one fact a line. The file is PostgreSQL's: it is only read here,
/// never deleted, because PostgreSQL itself tells a stale one from a live one better than anybody.
struct Postmaster {
  let processId: pid_t
  let isReady: Bool
  /// Where it listens; nil while it starts.
  let socket: (directory: String, port: Int)?

  init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // A single-user server writes its process id as a negative number.
    guard let first = lines.first, let number = pid_t(first), number != 0, number != .min else { return nil }
    processId = abs(number)
    isReady = lines.count >= 8 && lines[7].hasPrefix("ready")
    socket = lines.count >= 5 && !lines[4].isEmpty ? Int(lines[3]).map { (String(lines[4]), $0) } : nil
  }

  init?(dataDirectory: String) {
    guard let text = smallFile("\(dataDirectory)/postmaster.pid") else { return nil }
    self.init(text)
  }

  /// Whether the process is alive and really a server of this very data directory: the number in a stale file may by
  /// now belong to anything. A server makes the data directory its working directory.
  func runs(dataDirectory: String) -> Bool {
    guard let program = linkTarget("/proc/\(processId)/exe"), let directory = linkTarget("/proc/\(processId)/cwd"),
      let resolved = realpath(dataDirectory, nil)
    else { return false }
    defer { free(resolved) }
    // "postgres (deleted)" is a server whose package was upgraded under it.
    guard let name = program.split(separator: "/").last, name == "postgres" || name == "postgres (deleted)" else { return false }
    return directory == String(cString: resolved)
  }
}

/// The text of a file of at most 64 KiB; of a longer one, its end. Nil when it cannot be read.
func smallFile(_ path: String) -> String? {
  let limit = 65_536
  let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  let size = lseek(descriptor, 0, SEEK_END)
  guard size >= 0, lseek(descriptor, max(0, size - limit), SEEK_SET) >= 0 else { return nil }
  var bytes = [UInt8](repeating: 0, count: limit)
  let count = read(descriptor, &bytes, limit)
  return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
}

private func linkTarget(_ path: String) -> String? {
  var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &bytes, bytes.count)
  return count < 0 ? nil : String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
