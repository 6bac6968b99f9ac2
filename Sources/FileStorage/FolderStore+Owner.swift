import Glibc
import OperatingSystem

/// Whose folder it is: a small file in it says so. Any folder can be written to, also the empty one below which nothing is mounted.
extension FolderStore {
  /// The file that names the owner.
  package var ownerFile: String { folder + "/steward-store" }

  /// Whether the folder is this owner's.
  package func isOwned(by owner: String) async -> Bool { (try? await offLoop { [self] in try readOwner() }) == owner }

  /// Makes it the owner's where it is nobody's.
  /// - Returns: false where it is another's.
  package func claim(for owner: String) async throws -> Bool {
    try await offLoop { [self] in
      if let found = try readOwner() { return found == owner }
      let path = FileCalls.newName(in: folder + "/" + Self.incoming)
      let file = try FileCalls.create(path)
      defer {
        close(file)
        unlink(path)
      }
      try FileCalls.write(Array((owner + "\n").utf8), to: file, path: path)
      guard fsync(file) == 0 else { throw SystemCallError("fsync", path) }
      // Another server may do so at the same time: the first one counts.
      guard link(path, ownerFile) == 0 || errno == EEXIST else { throw SystemCallError("link", ownerFile) }
      try FileCalls.sync(folder)
      return try readOwner() == owner
    }
  }

  /// Nil where it is nobody's.
  private func readOwner() throws(SystemCallError) -> String? {
    let file = Glibc.open(ownerFile, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw SystemCallError("open", ownerFile)
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw SystemCallError("read", ownerFile) }
    return String(decoding: bytes.prefix(count).prefix { $0 > 0x20 }, as: UTF8.self)
  }
}
