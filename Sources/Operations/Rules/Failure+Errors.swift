import Kernel
import Postgres
import Tenancy

extension Failure {
  /// Whether an id led nowhere that the caller may go.
  var isRefusedReference: Bool { kind == .notFound || violations.contains { $0.message == InputMessages.unknownReference } }

  /// What any error means to the caller. A database error is told by SQLSTATE and constraint, never by its text.
  package init(_ error: any Error, constraints: [String: Message]) {
    switch error {
    case let failure as Failure: self = failure
    case let refusal as RecordedRefusal: self = refusal.failure
    case let error as FieldError: self = Failure(.invalid, KernelMessages.invalidInput, violations: error.violations)
    case let error as PostgresError: self = Failure(database: error, constraints)
    case let error as TooManyUnknownSecrets:
      self = Failure(.limited, OperationMessages.tooMany, ["seconds": String(error.seconds)], retryAfterSeconds: error.seconds)
    case is CancellationError: self = Failure(.busy, OperationMessages.timeout, retryAfterSeconds: 1, debug: "cancelled")
    default: self = Failure(.internal, OperationMessages.internalFault, debug: String(reflecting: error))
    }
  }

  /// Whether the same again may well end otherwise, because somebody else was at it or the database was not there: nothing is wrong with
  /// what was tried.
  package static func isPassing(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError: true
    case let failure as Failure:
      switch failure.kind {
      case .busy, .limited, .versionMismatch, .outcomeUnknown: true
      default: false
      }
    case let error as PostgresError:
      switch error.kind {
      case .connection, .acquireTimeout, .cancelled, .serialization, .deadlock, .readOnly, .diskFull, .commitOutcomeUnknown, .shutdown: true
      // A statement that takes too long may take that long each time; who waits for a lock is not at fault.
      case .timeout: error.sqlState != "57014"
      default: false
      }
    default: false
    }
  }

  private init(database error: PostgresError, _ constraints: [String: Message]) {
    let debug = error.debugDescription
    switch error.kind {
    case .uniqueViolation, .foreignKeyViolation, .checkViolation, .exclusionViolation:
      if let name = error.constraint, let message = constraints[name] {
        self = Failure(.conflict, message, debug: debug)
      } else if let name = error.constraint {
        self = Failure(.conflict, OperationMessages.conflict, ["constraint": name], debug: debug)
      } else {
        // A row for which there is no partition has this class of error too, and no constraint.
        self = Failure(.internal, OperationMessages.internalFault, debug: debug)
      }
    case .connection, .acquireTimeout, .shutdown, .serialization, .deadlock, .readOnly:
      self = Failure(.busy, OperationMessages.busy, retryAfterSeconds: 1, debug: debug)
    // lock_not_available: somebody else holds the row, or the same idempotency key.
    case .timeout where error.sqlState == "55P03": self = Failure(.conflict, OperationMessages.keyInFlight, retryAfterSeconds: 1, debug: debug)
    case .timeout, .cancelled: self = Failure(.busy, OperationMessages.timeout, retryAfterSeconds: 1, debug: debug)
    case .diskFull: self = Failure(.busy, OperationMessages.storageFull, retryAfterSeconds: 60, debug: debug)
    case .commitOutcomeUnknown: self = Failure(.outcomeUnknown, OperationMessages.outcomeUnknown, retryAfterSeconds: 1, debug: debug)
    default: self = Failure(.internal, OperationMessages.internalFault, debug: debug)
    }
  }
}
