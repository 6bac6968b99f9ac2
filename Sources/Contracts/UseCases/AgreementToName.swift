import Kernel
import Operations

extension OperationContext {
  /// The row and the kind of an SLA or OLA for any customer that something new is to name, held until that is written: who retires
  /// it meanwhile waits.
  /// - Throws: a violation at `path` for one that is unknown, or retired.
  package func agreementToName(_ id: PublicId, path: String) async throws -> (id: Int64, kind: AgreementKind) {
    guard let found = try await transaction.first(HeldAgreement(publicId: id)) else { throw unknownReference(path) }
    guard !found.isRetired else { throw Failure.invalid(path, ContractsMessages.slaRetired, ["name": found.name]) }
    return (found.id, found.kind)
  }
}
