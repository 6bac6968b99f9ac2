import Glibc
import Kernel
import OperatingSystem
import Operations
import Synchronization
import TLS

/// A file that is written as it comes. What was never kept is removed with it; what a killed process leaves behind, the sweep removes.
final class IncomingFolderFile: IncomingFile {
  private struct State {
    let file: Int32
    let hash = SHA256.Stream()
    var waiting: [UInt8] = []
    var head: [UInt8] = []
    var bytes: Int64 = 0
    var isOpen = true
  }

  private static let pieceBytes = 128 << 10

  private let path: String
  private let limits: FileLimits
  /// Nil for what waits for nobody.
  private let place: IncomingPlaces.Place?
  private let state: Mutex<State>

  init(path: String, limits: FileLimits, place: IncomingPlaces.Place?) throws(SystemCallError) {
    self.path = path
    self.limits = limits
    self.place = place
    state = Mutex(State(file: try FileCalls.create(path)))
  }

  deinit { discard() }

  func append(_ bytes: [UInt8]) async throws {
    let isFull = try state.withLock { state throws(Failure) in
      state.bytes += Int64(bytes.count)
      guard state.bytes <= limits.fileBytes else { throw Failure.fileTooLarge(limits) }
      state.head += bytes.prefix(ReceivedFile.headBytes - state.head.count)
      state.waiting += bytes
      return state.waiting.count >= Self.pieceBytes
    }
    if isFull { try await offLoop { [self] in try state.withLock { try flush(&$0) } } }
  }

  func finish() async throws -> ReceivedFile {
    try await offLoop { [self] in
      try state.withLock { state in
        try flush(&state)
        guard fsync(state.file) == 0 else { throw SystemCallError("fsync", path) }
        shut(&state)
        guard let digest = state.hash.finish() else { throw SystemCallError("sha256", path, code: ENOMEM) }
        return ReceivedFile(content: FileContent(digest: digest, bytes: state.bytes), head: state.head, place: path)
      }
    }
  }

  func discard() {
    state.withLock { shut(&$0) }
    // Not there where it was kept: then it has another name.
    unlink(path)
    place?.giveBack()
  }

  private func flush(_ state: inout State) throws(SystemCallError) {
    guard state.isOpen else { throw SystemCallError("write", path, code: EBADF) }
    try FileCalls.write(state.waiting, to: state.file, path: path)
    state.waiting.withUnsafeBytes { state.hash.update($0) }
    state.waiting.removeAll(keepingCapacity: true)
  }

  private func shut(_ state: inout State) {
    guard state.isOpen else { return }
    state.isOpen = false
    close(state.file)
  }
}
