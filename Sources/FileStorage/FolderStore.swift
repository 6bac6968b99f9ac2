import Glibc
import Kernel
import NIOPosix
import OperatingSystem
import Operations
import Synchronization
import TLS

/// Files in a folder: `<tenant>/<first two digits>/<SHA-256>`, below `incoming` what is on its way, and below `unclaimed` what was set
/// aside (`<tenant>/<SHA-256>`). Several servers may use one folder, as long as they see the same one.
package final class FolderStore: FileStore {
  package let folder: String
  package let limits: FileLimits
  package let figures = FileFigures()
  private let places: IncomingPlaces

  static let incoming = "incoming"
  static let unclaimed = "unclaimed"

  /// Makes the folder where it is missing, for its owner alone; the one above it must be there. Throws when it cannot be written,
  /// so that a server does not learn of it from the first file that somebody sends.
  package init(folder: String, limits: FileLimits = FileLimits()) throws(SystemCallError) {
    self.folder = folder
    self.limits = limits
    places = IncomingPlaces()
    try FileCalls.makeFolder(folder)
    for part in [Self.incoming, Self.unclaimed] { try FileCalls.makeFolder(folder + "/" + part) }
    let probe = FileCalls.newName(in: folder + "/" + Self.incoming)
    let file = try FileCalls.create(probe)
    close(file)
    unlink(probe)
    try FileCalls.sync(folder)
  }

  package func receive(for tenant: TenantHandle, from sender: FileSender?) async throws -> any IncomingFile {
    var place: IncomingPlaces.Place?
    if let sender { place = try places.take(for: tenant, from: sender) }
    return try await whileThere { [self, place] in
      let path = FileCalls.newName(in: folder + "/" + Self.incoming)
      return try IncomingFolderFile(path: path, limits: limits, place: place)
    }
  }

  package func keep(_ file: ReceivedFile, of tenant: TenantHandle) async throws {
    try await whileThere { [self] in
      let name = Self.name(file.content.digest)
      let own = "\(folder)/\(tenant)"
      let part = "\(own)/\(name.prefix(2))"
      try FileCalls.makeFolder(own)
      try FileCalls.makeFolder(part)
      // Over one of the same content, if there is one: then this one is as good, and new. A transaction that is done again finds it done.
      guard rename(file.place, "\(part)/\(name)") == 0 || errno == ENOENT && holds(file.content, of: tenant) else {
        throw SystemCallError("rename", file.place)
      }
      for path in [part, own, folder] { try FileCalls.sync(path) }
    }
    figures.count(.kept)
  }

  private func holds(_ content: FileContent, of tenant: TenantHandle) -> Bool {
    var status = stat()
    guard lstat(path(of: content.digest, tenant), &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG && Int64(status.st_size) == content.bytes
  }

  package func open(_ content: FileContent, of tenant: TenantHandle) async throws -> (any StoredFile)? {
    let file: StoredFolderFile? = try await offLoop { [self] in
      let path = path(of: content.digest, tenant)
      if let found = try StoredFolderFile(path: path, content: content, figures: figures) { return found }
      // Where another one took it back meanwhile, it is there as well.
      try takeBack(content.digest, of: tenant)
      return try StoredFolderFile(path: path, content: content, figures: figures)
    }
    guard file == nil else { return file }
    // Where nothing is, a single file is not what is missing.
    try await whileThere { [self] in
      guard FileCalls.isThere(folder + "/" + Self.incoming) else { throw SystemCallError("stat", folder + "/" + Self.incoming, code: ENOENT) }
    }
    figures.count(.missing)
    return nil
  }

  /// A folder that went away while the server runs (it was unmounted, moved, made read-only) refuses work, and is no fault of ours. The log
  /// names what is missing.
  private func whileThere<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    do {
      return try await offLoop(work)
    } catch let error as SystemCallError where error.isOfTheFolder {
      throw Failure(
        .busy, OperationMessages.fileStoreGone, retryAfterSeconds: 60, debug: "the folder of files \(folder) is not there or cannot be written: \(error)")
    }
  }

  func path(of digest: [UInt8], _ tenant: TenantHandle) -> String {
    let name = Self.name(digest)
    return "\(folder)/\(tenant)/\(name.prefix(2))/\(name)"
  }

  static func name(_ digest: [UInt8]) -> String { digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

  /// The digest that a file is named by; nil for any other name.
  static func digest(_ name: String) -> [UInt8]? {
    let digits = Array(name.utf8)
    guard digits.count == 2 * SHA256.byteCount else { return nil }
    var bytes: [UInt8] = []
    for pair in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[pair]), let low = value(digits[pair + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// Runs what waits for a disk on a thread that may wait. A full disk is told as such.
func offLoop<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
  do {
    return try await NIOThreadPool.singleton.runIfActive(work)
  } catch let error as SystemCallError where error.isFull {
    throw Failure(.busy, OperationMessages.storageFull, retryAfterSeconds: 60, debug: error.description)
  }
}

extension SystemCallError {
  fileprivate var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
  /// Not there, no folder, not ours any more, read-only, or on a disk or server that is away.
  fileprivate var isOfTheFolder: Bool { [ENOENT, ENOTDIR, EACCES, EPERM, EROFS, ENODEV, ENXIO, ENOTCONN, ESTALE, EHOSTDOWN].contains(code) }
}
