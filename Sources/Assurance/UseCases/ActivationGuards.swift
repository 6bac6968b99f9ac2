import Contracts
import Kernel
import Operations
import Renewals

/// A contract that begins to promise is proven first, and refused where the policy asks for it and a gap is nobody's risk.
enum ActivationGuard {
  /// How many gaps a refusal tells; the proof that is run on demand tells all.
  private static let told = 20

  /// - Parameter line: the one line that is new or changed; nil: all.
  static func check(_ contract: PublicId, line: PublicId? = nil, in context: OperationContext) async throws {
    guard let found = try await context.provenContract(contract) else { throw Failure.notFound }
    var only: Int64?
    if let line { only = try await context.provenLine(line)?.id }
    let kept = try await context.contractProof.run(found, only: only, cause: .activation)
    let open = kept.flatMap { line in line.open.map { (line.name, $0) } }
    guard !open.isEmpty, try await context.proofPolicy(of: found.id) == .required else { return }
    throw Failure(
      .conflict, AssuranceMessages.notBacked, ["count": String(open.count)],
      violations: open.prefix(told).map { name, gap in
        Failure.Violation(path: name, AssuranceMessages.openGap, ["gap": GapWords.text(gap, context.language)])
      })
  }
}

enum CreatedContractGuard: OperationGuard {
  typealias Guarded = CreateContract

  static func check(_ input: CreateContract.Input, _ output: ContractOutput, in context: OperationContext) async throws {
    if output.state == .active { try await ActivationGuard.check(output.id, in: context) }
  }
}

enum ChangedContractGuard: OperationGuard {
  typealias Guarded = ChangeContract

  static func check(_ input: ChangeContract.Input, _ output: ContractOutput, in context: OperationContext) async throws {
    if [.activate, .resume].contains(input.event) { try await ActivationGuard.check(output.id, in: context) }
  }
}

enum AddedLineGuard: OperationGuard {
  typealias Guarded = AddContractLine

  static func check(_ input: AddContractLine.Input, _ output: LineOutput, in context: OperationContext) async throws {
    try await ActivationGuard.checkLine(output, in: context)
  }
}

enum ActivatedLineGuard: OperationGuard {
  typealias Guarded = ActivateContractLine

  static func check(_ input: ActivateContractLine.Input, _ output: LineOutput, in context: OperationContext) async throws {
    try await ActivationGuard.checkLine(output, in: context)
  }
}

enum RevisedLineGuard: OperationGuard {
  typealias Guarded = ReviseContractLine

  static func check(_ input: ReviseContractLine.Input, _ output: LineOutput, in context: OperationContext) async throws {
    try await ActivationGuard.checkLine(output, in: context)
  }
}

extension ActivationGuard {
  /// A line of a contract that promises already; one of a draft waits for the draft's activation, and one that is a draft for its own.
  fileprivate static func checkLine(_ line: LineOutput, in context: OperationContext) async throws {
    guard line.promises else { return }
    guard let contract = try await context.provenContract(line.contract) else { throw Failure.notFound }
    let terms = try await context.transaction.query(ProvenTerms(tenant: context.tenant.id, contract: contract.id))
    // What is planned counts as well: a contract that is to end next year still promises today.
    let states = terms.indices.filter { index in index + 1 == terms.count || terms[index + 1].validFrom > context.now }.map { terms[$0].state }
    if states.contains(ContractState.active.rawValue) { try await check(line.contract, line: line.id, in: context) }
  }
}
