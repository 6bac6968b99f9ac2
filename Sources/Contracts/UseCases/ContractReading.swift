import Kernel
import Operations

extension OperationContext {
  /// A contract as of an instant, with its lines.
  func contractOutput(_ id: PublicId, at: Instant) async throws -> ContractOutput {
    guard let row = try await transaction.first(ContractAt(tenant: tenant.id, publicId: id, at: at)) else { throw Failure.notFound }
    let lines = try await transaction.query(LinesAt(tenant: tenant.id, at: at, contract: row.id, afterId: 0, limit: 200))
    return ContractOutput(contract: ContractFacts(row, asOf: at, in: self), lines: try await LineOutput.outputs(lines, in: self))
  }

  func lineOutput(_ id: PublicId, at: Instant) async throws -> LineOutput {
    guard let row = try await transaction.first(LineAt(tenant: tenant.id, publicId: id, at: at)),
      let output = try await LineOutput.outputs([row], in: self).first
    else { throw Failure.notFound }
    return output
  }
}
