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
  private let place: IncomingPlaces.Place
  private let state: Mutex<State>

  init(path: String, limits: FileLimits, place: IncomingPlaces.Place) throws(SystemCallError) {
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
    place.giveBack()
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

/// How many files may be on their way at once, in all and for each tenant: each costs some memory and, until it is whole, disk that
/// no quota counts.
final class IncomingPlaces: Sendable {
  /// Given back when it goes.
  final class Place: Sendable {
    private let tenant: TenantHandle
    private let places: IncomingPlaces
    private let isTaken = Atomic(true)

    fileprivate init(_ tenant: TenantHandle, _ places: IncomingPlaces) {
      self.tenant = tenant
      self.places = places
    }

    deinit { giveBack() }

    func giveBack() {
      guard isTaken.exchange(false, ordering: .acquiringAndReleasing) else { return }
      places.giveBack(tenant)
    }
  }

  static let most = 64
  static let mostOfTenant = 8
  private static let retryAfterSeconds = 5

  private let taken = Mutex<[TenantHandle: Int]>([:])

  func take(for tenant: TenantHandle) throws(Failure) -> Place {
    let isThere = taken.withLock { taken in
      guard taken.values.reduce(0, +) < Self.most, taken[tenant, default: 0] < Self.mostOfTenant else { return false }
      taken[tenant, default: 0] += 1
      return true
    }
    guard isThere else {
      throw Failure(
        .limited, OperationMessages.tooManyFiles, ["seconds": String(Self.retryAfterSeconds)], retryAfterSeconds: Self.retryAfterSeconds)
    }
    return Place(tenant, self)
  }

  private func giveBack(_ tenant: TenantHandle) {
    taken.withLock { taken in
      let left = taken[tenant, default: 1] - 1
      taken[tenant] = left > 0 ? left : nil
    }
  }
}
