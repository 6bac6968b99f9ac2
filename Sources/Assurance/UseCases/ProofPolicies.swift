import Contracts
import Kernel
import Operations

enum PolicyFields {
  static let policy = Field.oneOf(
    "policy", ProofPolicy.allCases.map(\.rawValue),
    "advised: a contract may be activated with gaps, which are recorded and shown. required: only without gaps, or with each accepted as a risk.",
    "advised：有缺口也可生效，缺口予以登记和提示；required：须无缺口，或每处缺口均已作为风险接受，方可生效。")
}

/// The policy that holds, and where it comes from.
package struct ProofPolicyOutput: OperationOutput {
  let policy: ProofPolicy
  let isOwn: Bool
  let version: Int64

  /// What its version counts under: of the installation, or of a contract.
  static func setting(_ contract: PublicId? = nil) -> String { contract.map { "proof_policy/\($0)" } ?? "proof_policy" }

  package static let fields: [OutputField<ProofPolicyOutput>] = [
    OutputField("policy", .text, "advised or required.", "advised 或 required。") { .text($0.policy.rawValue) },
    OutputField("own", .boolean, "Whether it was set here; otherwise what holds in general.", "是否在此设置；否则为通用策略。") { .bool($0.isOwn) },
    OutputField("version", .integer, "For If-Match of whoever sets it anew; 1 where nobody has.", "重新设置时所需的 If-Match 版本号；尚未设置时为 1。") { .integer($0.version) },
  ]
}

package enum SetProofPolicy: Operation {
  package struct Input: OperationInput {
    let policy: ProofPolicy

    package static let fields: [any InputField] = [PolicyFields.policy]

    package init(_ values: InputValues) throws(FieldError) { policy = try ProofPolicy(rawValue: values[PolicyFields.policy]) ?? .advised }
  }

  package static let declaration = Declaration(
    "proof_policy.set", "Say whether contracts may be activated with promises that nothing backs.", zh: "设置承诺缺乏支撑的合同可否生效。",
    permission: "assurance.policy", roles: [.administrator], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProofPolicyOutput {
    let version = try await context.raiseSetting(ProofPolicyOutput.setting())
    context.transaction.enqueue(InsertPolicy(policy: input.policy, actor: context.actor, now: context.now))
    context.subject(context.provider.publicId)
    return ProofPolicyOutput(policy: input.policy, isOwn: true, version: version)
  }
}

package enum ReadProofPolicy: Operation {
  package struct Input: OperationInput {
    package static let fields: [any InputField] = []

    package init(_ values: InputValues) throws(FieldError) {}
  }

  package static let declaration = Declaration(
    "proof_policy.read", "Read whether contracts may be activated with promises that nothing backs.", zh: "查看承诺缺乏支撑的合同可否生效。",
    permission: "assurance.read", roles: AssuranceRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProofPolicyOutput {
    let found = try await context.transaction.first(InstallationPolicy()) ?? nil
    return ProofPolicyOutput(
      policy: found ?? .advised, isOwn: found != nil, version: try await context.settingVersion(ProofPolicyOutput.setting()))
  }
}

package enum SetContractProofPolicy: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let policy: ProofPolicy?

    static let contract = Field.id("contract", .contract, "The contract.", "合同编号。")
    private static let policy = PolicyFields.policy.optional

    package static let fields: [any InputField] = [contract, policy]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[Self.contract]
      policy = try values[Self.policy].flatMap(ProofPolicy.init(rawValue:))
    }
  }

  package static let declaration = Declaration(
    "contract_proof_policy.set", "Say for one contract whether it may be activated with promises that nothing backs; without a policy: as in general.",
    zh: "为单个合同设置承诺缺乏支撑时可否生效；不填则沿用通用策略。", permission: "assurance.policy", roles: [.administrator], reach: .one(by: "contract"), effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProofPolicyOutput {
    guard let contract = try await context.provenContract(input.contract) else { throw context.unknownReference("contract") }
    let version = try await context.raiseSetting(ProofPolicyOutput.setting(input.contract))
    try await context.transaction.execute(
      InsertContractPolicy(tenant: context.tenant.id, contract: contract.id, policy: input.policy, actor: context.actor, now: context.now))
    context.subject(input.contract)
    return ProofPolicyOutput(policy: try await context.proofPolicy(of: contract.id), isOwn: input.policy != nil, version: version)
  }
}

package enum ReadContractProofPolicy: Operation {
  package struct Input: OperationInput {
    let contract: PublicId

    package static let fields: [any InputField] = [SetContractProofPolicy.Input.contract]

    package init(_ values: InputValues) throws(FieldError) { contract = try values[SetContractProofPolicy.Input.contract] }
  }

  package static let declaration = Declaration(
    "contract_proof_policy.read", "Read whether a contract may be activated with promises that nothing backs.", zh: "查看单个合同承诺缺乏支撑时可否生效。",
    permission: "assurance.read", roles: AssuranceRights.staff, reach: .one(by: "contract"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProofPolicyOutput {
    guard let contract = try await context.provenContract(input.contract) else { throw context.unknownReference("contract") }
    let own = try await context.transaction.first(ContractPolicy(tenant: context.tenant.id, contract: contract.id)) ?? nil
    return ProofPolicyOutput(
      policy: try await context.proofPolicy(of: contract.id), isOwn: own != nil,
      version: try await context.settingVersion(ProofPolicyOutput.setting(input.contract)))
  }
}
