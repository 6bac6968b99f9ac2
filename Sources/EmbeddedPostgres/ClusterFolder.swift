import Glibc
import Kernel
import OperatingSystem

/// The folder of one private cluster: the data, the server's log, the socket's folder, and the lock that keeps a
/// second process out. It belongs to the server's user, mode 0700, so that nobody else reaches the socket.
struct ClusterFolder {
  let path: String
  let owner: UserAccount

  var data: String { path + "/data" }
  /// Where initdb works. It becomes `data` only when it is complete, so that a half-made cluster is never started.
  var unfinishedData: String { path + "/data.unfinished" }
  var log: String { path + "/server.log" }
  private static let lockName = "cluster.lock"

  /// The user whom the server runs as: the current one, or, because PostgreSQL refuses root, `postgres`, else `nobody`.
  static func owner(runningAs current: UserAccount = .current) throws(Failure) -> UserAccount {
    guard current.userId == 0 else { return current }
    guard let account = UserAccount(name: "postgres") ?? UserAccount(name: "nobody") else { throw Failure(.busy, EmbeddedPostgresMessages.noAccount) }
    return account
  }

  /// Makes the folder, or checks that an existing one is a cluster's before its owner and mode are changed.
  init(_ directory: String, owner: UserAccount) throws(Failure) {
    self.owner = owner
    if mkdir(directory, 0o700) != 0, errno != EEXIST { throw Self.failure("mkdir", directory) }
    guard let resolved = realpath(directory, nil) else { throw Self.failure("realpath", directory) }
    path = String(cString: resolved)
    free(resolved)
    let names = FolderListing(path).names
    guard names.isEmpty || names.contains(Self.lockName) else { throw Failure(.conflict, EmbeddedPostgresMessages.notOurs, ["directory": path]) }
    try Self.give(path, to: owner)
    if let folder = closedAncestor() {
      throw Failure(.conflict, EmbeddedPostgresMessages.unreachable, ["user": owner.name, "folder": folder])
    }
  }

  func lock() throws(Failure) -> FileLock {
    do {
      guard let lock = try FileLock(path: "\(path)/\(Self.lockName)") else { throw Failure(.conflict, EmbeddedPostgresMessages.inUse, ["directory": path]) }
      return lock
    } catch let error as SystemCallError {
      throw Failure(.internal, EmbeddedPostgresMessages.folderFailed, ["reason": error.description])
    } catch {
      throw error as? Failure ?? Failure(.internal, EmbeddedPostgresMessages.folderFailed, ["reason": "\(error)"])
    }
  }

  /// The major version that made the data; nil when there is none yet.
  var version: Int? { smallFile("\(data)/PG_VERSION").flatMap { Int($0.prefix { $0.isNumber }) } }

  /// The folder for the socket: inside the cluster's, or a short temporary one when the path would not fit into a
  /// socket address (108 bytes with the closing zero).
  func makeSocketFolder(port: Int) throws(Failure) -> (path: String, isTemporary: Bool) {
    let inside = path + "/run"
    if "\(inside)/.s.PGSQL.\(port)".utf8.count <= 107 {
      if mkdir(inside, 0o700) != 0, errno != EEXIST { throw Self.failure("mkdir", inside) }
      try Self.give(inside, to: owner)
      return (inside, false)
    }
    var template = Array("/tmp/steward-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Self.failure("mkdtemp", "/tmp") }
    let outside = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try Self.give(outside, to: owner)
    return (outside, true)
  }

  /// A new log for each start; the one before is kept.
  func openLog() throws(Failure) -> Int32 {
    _ = rename(log, log + ".previous")
    let descriptor = open(log, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0, fchown(descriptor, owner.userId, owner.groupId) == 0 else { throw Self.failure("open", log) }
    return descriptor
  }

  /// The last lines of the log, for an error message.
  var logTail: String { (smallFile(log) ?? "").split(separator: "\n").suffix(15).joined(separator: "\n") }

  /// Puts the finished data in its place, for good.
  func adoptUnfinishedData() throws(Failure) {
    guard rename(unfinishedData, data) == 0 else { throw Self.failure("rename", unfinishedData) }
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw Self.failure("open", path) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw Self.failure("fsync", path) }
  }

  /// As root the server has another user: a folder above that it cannot enter makes initdb fail with a riddle.
  private func closedAncestor() -> String? {
    guard geteuid() == 0 else { return nil }
    let groups = Set(owner.groupIds)
    var ancestor = path
    while let slash = ancestor.lastIndex(of: "/") {
      ancestor = String(ancestor[..<slash])
      var status = stat()
      guard stat(ancestor.isEmpty ? "/" : ancestor, &status) == 0 else { return ancestor }
      let bit: mode_t = status.st_uid == owner.userId ? S_IXUSR : groups.contains(status.st_gid) ? S_IXGRP : S_IXOTH
      if status.st_mode & bit == 0 { return ancestor.isEmpty ? "/" : ancestor }
    }
    return nil
  }

  private static func give(_ folder: String, to owner: UserAccount) throws(Failure) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", folder) }
    defer { close(descriptor) }
    guard fchown(descriptor, owner.userId, owner.groupId) == 0, fchmod(descriptor, 0o700) == 0 else { throw failure("chown", folder) }
  }

  private static func failure(_ call: String, _ subject: String) -> Failure {
    Failure(.internal, EmbeddedPostgresMessages.folderFailed, ["reason": SystemCallError(call, subject).description])
  }
}
