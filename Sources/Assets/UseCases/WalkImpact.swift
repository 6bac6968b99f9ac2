import Kernel
import Operations
import Tenancy

package enum WalkImpact: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let isUp: Bool
    let depth: Int64?
    let most: Int64?
    let withRetired: Bool

    private static let direction = Field.oneOf(
      "direction", ["up", "down"], "up: what needs the CI, and fails with it; down: what it needs.", "方向：up 受其影响的配置项；down 其所依赖的配置项。")
    private static let depth = Field.integer("depth", 1...50, "How many relations away at the most (default 10).", "最多经过多少层关系（默认 10）。")
    private static let most = Field.integer("most", 1...2000, "How many CIs at the most (default 500).", "最多返回多少个配置项（默认 500）。")
    private static let withRetired = Field.boolean(
      "withRetired", "Also what is retired or disposed of, and through it (default: no).", "是否包含并经过已退役和已处置的配置项（默认否）。")

    package static let fields: [any InputField] = [CiReference.id, direction, depth.optional, most.optional, withRetired.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiReference.id]
      isUp = try values[Self.direction] == "up"
      depth = try values[Self.depth.optional]
      most = try values[Self.most.optional]
      withRetired = try values[Self.withRetired.optional] ?? false
    }
  }

  package struct Output: OperationOutput {
    let start: Reached
    let reached: [Reached]
    let services: [AffectedService]
    let customers: [AffectedCustomer]
    let customersCut: Bool
    let isCut: Bool

    package static let fields: [OutputField<Output>] = [
      OutputField("ci", record: Reached.self, "The CI from which the walk began.", "起始配置项。") { $0.start },
      OutputField("reached", listOf: Reached.self, "The CIs that were reached, the nearest first, each once.", "到达的配置项，由近及远，各出现一次。") { $0.reached },
      OutputField("services", listOf: AffectedService.self, "The catalogue's services that they and the CI belong to.", "涉及的目录服务。") { $0.services },
      OutputField(
        "customers", listOf: AffectedCustomer.self, "Of CIs that the provider shares: the customers that they affect, at most 1,000.",
        "服务商共享配置项所影响的客户，最多 1000 个。"
      ) {
        $0.customers
      },
      OutputField(
        "customersCut", .boolean, "Whether there are more customers than these: shared_ci.customers lists all of a CI.",
        "是否还有更多受影响的客户；shared_ci.customers 可列出某配置项的全部客户。"
      ) { .bool($0.customersCut) },
      OutputField("isCut", .boolean, "Whether there was more to reach, in number or farther away, than was asked for.", "是否因数量或层数上限而截断。") { .bool($0.isCut) },
    ]
  }

  package struct Reached: OperationOutput {
    let id: PublicId
    let found: ReachedCis.Found
    let depth: Int
    let kind: RelationKind?
    let path: [PublicId]

    /// The CI's row.
    package var row: Int64 { found.id }

    package static let fields: [OutputField<Reached>] = [
      OutputField("id", .id, "The CI.", "配置项编号。") { .id($0.id) },
      OutputField("name", .text, "What it is called.", "名称。") { .text($0.found.name) },
      OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.found.typeCode) },
      OutputField("state", .text, "Its state.", "状态。") { .text($0.found.state) },
      OutputField("ciTier", .text, "How critical it is.", "配置项等级。") { .text($0.found.tier) },
      OutputField("service", .text, "The code of the catalogue's service that it belongs to.", "所属目录服务的代码。") { .text($0.found.service) },
      OutputField("depth", .integer, "How many relations away.", "相隔的关系层数。") { .integer(Int64($0.depth)) },
      OutputField("kind", .text, "The relation by which it was reached; null for the first.", "到达所经的关系；起始项为 null。") { .text($0.kind?.rawValue) },
      OutputField("path", .list(.id), "The CIs from the first to this one, both included.", "从起始项到该项的路径（含两端）。") { .array($0.path.map { .id($0) }) },
    ]
  }

  package struct AffectedService: OperationOutput {
    package let code: String
    let name: LocalText?
    let cis: [PublicId]

    package static let fields: [OutputField<AffectedService>] = [
      OutputField("code", .text, "The service's code.", "服务代码。") { .text($0.code) },
      OutputField("name", .document, "Its name by language.", "服务名称（按语言）。") { $0.name?.value ?? .null },
      OutputField("cis", .list(.id), "Its CIs among those.", "其中属于该服务的配置项。") { .array($0.cis.map { .id($0) }) },
    ]
  }

  package struct AffectedCustomer: OperationOutput {
    /// The customer's row.
    package let tenant: TenantId
    package let id: PublicId
    let code: String
    let name: String
    private(set) var cis: [PublicId]
    /// Of the nearest of these CIs.
    let depth: Int
    private(set) var path: [PublicId]

    init(tenant: TenantId, id: PublicId, code: String, name: String, cis: [PublicId], depth: Int, path: [PublicId]) {
      self.tenant = tenant
      self.id = id
      self.code = code
      self.name = name
      self.cis = cis
      self.depth = depth
      self.path = path
    }

    package static let fields: [OutputField<AffectedCustomer>] = [
      OutputField("id", .id, "The customer.", "客户编号。") { .id($0.id) },
      OutputField("code", .text, "Its code.", "客户代码。") { .text($0.code) },
      OutputField("name", .text, "Its name.", "客户名称。") { .text($0.name) },
      OutputField("cis", .list(.id), "The CIs that affect it.", "影响该客户的配置项。") { .array($0.cis.map { .id($0) }) },
      OutputField("depth", .integer, "How many relations away the nearest of them is.", "其中最近者相隔的关系层数。") { .integer(Int64($0.depth)) },
      OutputField("path", .list(.id), "The CIs from one where the walk began to that one, both included.", "从起始项到最近者的路径（含两端）。") {
        .array($0.path.map { .id($0) })
      },
    ]

    /// For who is not told what lies between.
    package var withoutPath: AffectedCustomer {
      var customer = self
      customer.path = []
      return customer
    }

    /// Each customer once, as near as he is by any of several walks; the nearest first.
    package static func joined(_ customers: [AffectedCustomer]) -> [AffectedCustomer] {
      var joined: [TenantId: AffectedCustomer] = [:]
      for customer in customers {
        guard let known = joined[customer.tenant] else {
          joined[customer.tenant] = customer
          continue
        }
        var nearer = customer.depth < known.depth ? customer : known
        nearer.cis = known.cis + customer.cis.filter { !known.cis.contains($0) }
        joined[customer.tenant] = nearer
      }
      return joined.values.sorted { ($0.depth, $0.code) < ($1.depth, $1.code) }
    }
  }

  package static let declaration = Declaration(
    "ci.impact", "Walk from a configuration item to what fails with it (up), or to what it needs (down).", zh: "从配置项出发，查找受其影响（up）或其所依赖（down）的配置项。",
    roles: AssetRights.staffAndCustomerManager, scopes: AssetRights.wholeCustomer, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let start = try await context.ci(input.id)
    let search = ImpactSearch(isUp: input.isUp, depth: input.depth ?? 10, most: input.most ?? 500, withRetired: input.withRetired)
    let impact = try await search.impact(of: [start.id], tenant: context.tenant, tellsCustomers: context.principal.side == .staff, in: context.transaction)
    guard let first = impact.starts.first else { throw Failure.notFound }
    return Output(
      start: first, reached: impact.reached, services: impact.services, customers: impact.customers, customersCut: impact.customersCut,
      isCut: impact.isCut)
  }
}
