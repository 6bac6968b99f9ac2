import Glibc
import Kernel
import OperatingSystem
import TLS

/// The system's calls on files, each of which may wait for a disk.
enum FileCalls {
  /// A folder for its owner alone. One that is there stays as it is.
  static func makeFolder(_ path: String) throws(SystemCallError) {
    guard mkdir(path, 0o700) != 0 else { return }
    guard errno == EEXIST else { throw SystemCallError("mkdir", path) }
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemCallError("stat", path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemCallError("mkdir", path, code: ENOTDIR) }
  }

  /// A name that no other file has.
  static func newName(in folder: String) -> String { folder + "/" + Base32.encode(SystemRandom.bytes(20)) }

  /// A new file, open for writing.
  static func create(_ path: String) throws(SystemCallError) -> Int32 {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemCallError("open", path) }
    return file
  }

  static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(SystemCallError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemCallError("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// What a folder names is named after a power cut.
  static func sync(_ folder: String) throws(SystemCallError) {
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw SystemCallError("open", folder) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw SystemCallError("fsync", folder) }
  }

  /// Calls `body` with one name after the other until it says false. A folder that is not there has none.
  static func eachName(in folder: String, _ body: (String) throws -> Bool) throws {
    guard let directory = opendir(folder) else {
      guard errno == ENOENT else { throw SystemCallError("opendir", folder) }
      return
    }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard name != ".", name != ".." else { continue }
      guard try body(name) else { return }
    }
  }

  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Says that a file was last written at an instant.
  static func touch(_ path: String, at instant: Instant) throws(SystemCallError) {
    let time = timespec(tv_sec: Int(instant.seconds), tv_nsec: 0)
    let times = [time, time]
    guard utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT else { throw SystemCallError("utimensat", path) }
  }

  static func isFile(_ path: String, newerThan instant: Instant) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return Int64(status.st_mtim.tv_sec) >= instant.seconds
  }

  static func isFile(_ path: String, unchangedSince instant: Instant) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return Int64(status.st_mtim.tv_sec) < instant.seconds
  }
}
