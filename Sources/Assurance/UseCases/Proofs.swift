import Contracts
import Kernel
import Operations
import Tenancy

package enum RunProof: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let line: PublicId?

    private static let contract = Field.id("contract", .contract, "The contract.", "合同编号。")
    private static let line = Field.id("line", .contractLine, "Only this line of it (default: all).", "仅该合同行（默认全部）。").optional

    package static let fields: [any InputField] = [contract, line]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[Self.contract]
      line = try values[Self.line]
    }
  }

  /// What came out for a contract.
  package struct Output: OperationOutput {
    let contract: PublicId
    let policy: ProofPolicy
    let lines: [ProofOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("contract", .id, "The contract.", "合同编号。") { .id($0.contract) },
      OutputField(
        "policy", .text, "required: it can only be activated without open gaps; advised: gaps are shown.",
        "required：仅在没有未接受缺口时方可生效；advised：仅提示缺口。"
      ) { .text($0.policy.rawValue) },
      OutputField("backed", .boolean, "Whether no line has open gaps.", "是否所有合同行均无未接受的缺口。") { output in
        .bool(output.lines.allSatisfy { $0.gaps.allSatisfy(\.isAccepted) })
      },
      OutputField("lines", listOf: ProofOutput.self, "The proofs of its lines.", "各合同行的证明。") { $0.lines },
    ]
  }

  package static let declaration = Declaration(
    "proof.run", "Prove that the promises of a contract's lines are backed by teams and suppliers, or find the gaps.",
    zh: "证明合同行的承诺均有团队和供应商支撑，或找出缺口。", permission: "assurance.manage", roles: AssuranceRights.managers, reach: .one(by: "contract"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let contract = try await context.provenContract(input.contract) else { throw context.unknownReference("contract") }
    var only: Int64?
    if let wanted = input.line {
      guard let line = try await context.provenLine(wanted), line.contractId == contract.id else { throw context.unknownReference("line") }
      only = line.id
    }
    let rows = try await context.contractProof.run(contract, only: only, cause: .asked).compactMap(\.made)
    context.subject(input.contract)
    return Output(contract: input.contract, policy: try await context.proofPolicy(of: contract.id), lines: try await context.proofOutputs(rows))
  }
}

package enum ReadProof: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    static let id = Field.id("id", .proof, "The proof.", "证明编号。")
    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "proof.read", "Read a proof of a contract line.", zh: "查看合同行的证明。", permission: "assurance.read", roles: AssuranceRights.staff, reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProofOutput {
    guard let output = try await context.proofOutputs([try await context.proofRow(input.id)]).first else { throw Failure.notFound }
    return output
  }
}

package enum ListProofs: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [ChainFields.line, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[ChainFields.line]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "proof.list", "List the proofs of a contract line, newest first.", zh: "列出合同行的证明，最新在前。", permission: "assurance.read",
    roles: AssuranceRights.staff, reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ProofOutput> {
    guard let line = try await context.provenLine(input.line) else { throw context.unknownReference("line") }
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ProofsOfLine(tenant: context.tenant.id, line: line.id, beforeId: try after?.integer(0) ?? .max, limit: limit + 1))
    let outputs = try await context.proofOutputs(rows)
    return context.listing(outputs, limit: limit, filter: filter, key: { PageCursor([.integer($0.row.id)]) }, element: { $0 })
  }
}

package enum ExplainGap: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let gap: Int64

    static let gap = Field.integer("gap", 1...Int64(GapMerge.most), "The gap's place in the proof, from 1.", "缺口在证明中的序号，从 1 开始。")
    package static let fields: [any InputField] = [ReadProof.Input.id, gap]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReadProof.Input.id]
      gap = try values[Self.gap]
    }
  }

  package struct Output: OperationOutput {
    let gap: GapOutput
    let steps: [String]

    package static let fields: [OutputField<Output>] = [
      OutputField("gap", record: GapOutput.self, "The gap.", "缺口。") { $0.gap },
      OutputField("steps", .list(.text), "How it comes about: the openings, the budgets, the worst start and the arithmetic.", "缺口的由来：服务时段、时限、最不利的受理时间及计算。") {
        .array($0.steps.map(Value.text))
      },
    ]
  }

  package static let declaration = Declaration(
    "proof.explain", "Explain a gap of a proof: openings, budgets, the worst start.", zh: "解释证明中的缺口：服务时段、时限、最不利的受理时间。",
    permission: "assurance.read", roles: AssuranceRights.staff, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let output = try await context.proofOutputs([try await context.proofRow(input.id)]).first else { throw Failure.notFound }
    guard let gap = output.gaps.first(where: { $0.number == input.gap }) else {
      throw Failure.invalid("gap", AssuranceMessages.noSuchGap, ["count": String(output.gaps.count)])
    }
    return Output(gap: gap, steps: GapWords.steps(gap.gap, context.language))
  }
}

/// The provider's list: the lines of all customers that promise what nothing backs.
package enum ListOpenProofs: Operation {
  package typealias Input = PageInput

  package struct Entry: OperationOutput {
    let customer: PublicId
    let customerName: String
    let proof: ProofOutput

    package static let fields: [OutputField<Entry>] = [
      OutputField("customer", .id, "The customer.", "客户。") { .id($0.customer) },
      OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.customerName) },
      OutputField("proof", record: ProofOutput.self, "The proof with its gaps.", "证明及其缺口。") { $0.proof },
    ]
  }

  package static let declaration = Declaration(
    "proof.open", "List the contract lines of all customers whose proof has gaps that nobody accepted.", zh: "列出所有客户中存在未接受缺口的合同行。",
    permission: "assurance.read", roles: AssuranceRights.staff, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let positions = try await context.transaction.query(
      OpenProofs(
        tenants: context.access.tenants.map { $0.map(\.rawValue).sorted() }, afterTenant: try after?.integer(0) ?? 0, afterLine: try after?.integer(1) ?? 0,
        limit: limit + 1))
    let entries = try await entries(at: positions, context)
    let rows = positions.compactMap { position in entries[position.line].map { (position: position, entry: $0) } }
    return context.listing(
      rows, limit: limit, key: { PageCursor([.integer($0.position.tenant.rawValue), .integer($0.position.line)]) }, element: { $0.entry })
  }

  private static func entries(at positions: [OpenProofs.Found], _ context: OperationContext) async throws -> [Int64: Entry] {
    guard !positions.isEmpty else { return [:] }
    let tenants = Set(positions.map(\.tenant)).sorted()
    let (found, risks) = try await context.bound(to: tenants) { transaction in
      try await transaction.query(
        StandingProofs(tenants: positions.map(\.tenant), lines: positions.map(\.line)),
        RisksOfTenants(tenants: tenants, lines: positions.map(\.line), at: context.now))
    }
    let accepted = Dictionary(grouping: risks) { $0.line }.mapValues { AcceptedGaps($0) }
    return Dictionary(
      found.map { found in
        func id(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
          PublicId(kind: kind.prefix, handle: found.handle, random: bits) ?? .none(kind: kind.prefix, handle: found.handle)
        }
        let proof = ProofOutput(found.row, accepted: accepted[found.row.line] ?? AcceptedGaps([]), context.language, id: id)
        return (found.row.line, Entry(customer: id(.customer, found.customer), customerName: found.customerName, proof: proof))
      }
    ) { first, _ in first }
  }
}
