import Glibc
import Kernel
import OperatingSystem
import Operations
import Synchronization
import TLS

/// A file that is read once, from its beginning. Whoever gets all of it got what was kept: the last piece is held back until the
/// digest is known to be right.
final class StoredFolderFile: StoredFile {
  private struct State {
    let hash = SHA256.Stream()
    var read: Int64 = 0
  }

  private static let pieceBytes = 64 << 10

  let content: FileContent
  private let path: String
  private let file: Int32
  private let figures: FileFigures
  private let state = Mutex(State())

  /// Nil where it is not there, or has another size.
  init?(path: String, content: FileContent, figures: FileFigures) throws(SystemCallError) {
    self.path = path
    self.content = content
    self.figures = figures
    file = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw SystemCallError("open", path)
    }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == content.bytes else { return nil }
  }

  deinit { if file >= 0 { close(file) } }

  func next() async throws -> [UInt8] {
    try await offLoop { [self] in try state.withLock { try readPiece(&$0) } }
  }

  private func readPiece(_ state: inout State) throws(SystemCallError) -> [UInt8] {
    let wanted = Int(min(Int64(Self.pieceBytes), content.bytes - state.read))
    guard wanted > 0 else { return [] }
    var piece = [UInt8](repeating: 0, count: wanted)
    var filled = 0
    while filled < wanted {
      let count = piece.withUnsafeMutableBytes { pread(file, $0.baseAddress?.advanced(by: filled), wanted - filled, off_t(state.read) + off_t(filled)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw damaged(code: count < 0 ? errno : EIO) }
      filled += count
    }
    state.read += Int64(wanted)
    piece.withUnsafeBytes { state.hash.update($0) }
    if state.read == content.bytes, state.hash.finish() != content.digest { throw damaged(code: EILSEQ) }
    return piece
  }

  private func damaged(code: Int32) -> SystemCallError {
    figures.count(.damaged)
    return SystemCallError("read", path, code: code)
  }
}
