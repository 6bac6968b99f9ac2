import Kernel
import Synchronization

/// What a running operation says for its records, and how it comes by files.
package final class Journal: Sendable {
  private struct State {
    var subject: PublicId?
    var secrets: Set<String> = []
    var given: (any StoredFile)?
  }

  private let state = Mutex(State())

  /// Where files lie, if anywhere.
  let files: (any FileStore)?
  let wantsFile: Bool

  package init(files: (any FileStore)? = nil, wantsFile: Bool = false) {
    self.files = files
    self.wantsFile = wantsFile
  }

  func subject(_ id: PublicId) { state.withLock { $0.subject = id } }

  /// Names an output field that is shown once and stored nowhere.
  package func shownOnce(_ field: String) { state.withLock { _ = $0.secrets.insert(field) } }

  /// What the operation gives besides its output.
  func gives(_ file: any StoredFile) { state.withLock { $0.given = file } }

  var given: (any StoredFile)? { state.withLock { $0.given } }

  var subject: PublicId? { state.withLock { $0.subject } }

  func withoutSecrets(_ value: Value) -> Value {
    let secrets = state.withLock { $0.secrets }
    guard !secrets.isEmpty, let members = value.members else { return value }
    return .object(members.map { secrets.contains($0.name) ? Value.Member($0.name, .null) : $0 })
  }
}

extension OperationContext {
  /// Marks an output field as shown once: a repeated call with the same key gets null there.
  package func showsOnce(_ field: String) { journal.shownOnce(field) }
}
