import Attributes
import Desk
import Kernel
import Knowledge
import Operations
import Tenancy

/// Opens a problem: of one customer, at once with incidents and CIs of his, such as a candidate names them; or of the provider, which may
/// concern several customers.
package enum OpenProblem: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let title: String
    let description: String
    let category: String?
    let impact: Int64
    let urgency: Int64
    let team: PublicId?
    let requester: PublicId?
    let incidents: [PublicId]
    let cis: [PublicId]
    let sharedCis: [PublicId]
    let attributes: Value?

    private static let customer = Field.id(
      "customer", .customer,
      "The customer that it is about: staff who do not serve him do not see it. Left out: it may concern several, and its texts are read by the staff of each; opened by who serves all.",
      "所涉及的客户：不服务该客户的人员不可见。不填表示可能涉及多个客户，其内容对服务各客户的人员可见；仅服务全部客户的人员可新建。"
    ).optional
    private static let incidents = Field<[PublicId]>.list(
      "incidents", of: ProblemFields.incident, count: 0...100, "Incidents of the customer that it is behind.", "由其引起的、该客户的事件。"
    ).optional
    private static let cis = Field<[PublicId]>.list(
      "cis", of: ProblemFields.ci, count: 0...50, "Configuration items of the customer that it is about.", "涉及的客户配置项。"
    ).optional
    private static let sharedCi = Field.id("sharedCi", .sharedCi, "A configuration item that the provider shares.", "服务商共享的配置项。")
    private static let sharedCis = Field<[PublicId]>.list(
      "sharedCis", of: sharedCi, count: 0...50, "Configuration items that the provider shares and that it is about.", "涉及的服务商共享配置项。"
    ).optional

    package static let fields: [any InputField] = [
      customer, ProblemFields.title, ProblemFields.description.optional, ProblemFields.category.optional, RatingFields.impact, RatingFields.urgency,
      WorkingTeamFields.team.optional, NamedRequesterFields.requester.optional, incidents, cis, sharedCis, AttributeFields.attributes.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      title = try values[ProblemFields.title]
      description = try values[ProblemFields.description.optional] ?? ""
      category = try values[ProblemFields.category.optional]
      impact = try values[RatingFields.impact]
      urgency = try values[RatingFields.urgency]
      team = try values[WorkingTeamFields.team.optional]
      requester = try values[NamedRequesterFields.requester.optional]
      incidents = try values[Self.incidents] ?? []
      cis = try values[Self.cis] ?? []
      sharedCis = try values[Self.sharedCis] ?? []
      attributes = try values[AttributeFields.attributes.optional]
    }
  }

  package static let declaration = Declaration(
    "problem.open", "Open a problem, at once with incidents that it is behind.", zh: "新建问题，可同时关联由其引起的事件。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .homeOr(by: "customer", andProvider: true), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    let (transaction, provider) = (context.transaction, context.provider.id)
    if input.customer == nil { try context.requireEveryCustomer() }
    let attributes = try context.told(input.attributes, of: .problem)
    if let category = input.category { try await context.requireCode(category, of: .category, at: "category") }
    try await context.requireRatings([(input.impact, input.urgency, "")])
    let id = context.id(.problem, context.random.publicIdBits())
    let priority = try await context.priority(of: provider, impact: input.impact, urgency: input.urgency)
    let owner: ProblemRow.Reference? =
      if context.actor.kind == .staff {
        try await transaction.first(AccountOfStaff(provider: provider, account: context.actor.id))?.account
      } else { nil }
    guard let number = try await transaction.first(NextNumber("problem", of: provider)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "no number")
    }
    _ = try await transaction.first(
      InsertProblem(
        provider: provider, publicId: id, number: number, customer: input.customer == nil ? nil : context.tenant.id, title: input.title,
        description: input.description, category: input.category, impact: input.impact, urgency: input.urgency, priority: priority, owner: owner,
        now: context.now))
    var work = try await ProblemWork.begin(on: id, in: context, comparesVersion: false)
    transaction.enqueueWords(of: work.searched, work.row.words)
    work.note("opened", .object(["priority": .integer(priority), "category": .text(input.category)]))
    work.tell(try await attributes?.applied(to: work.row.attributes, of: work.row.customer?.id, category: input.category))
    for (index, ci) in input.cis.enumerated() { try await work.name(ci, of: context.tenant, "cis[\(index)]") }
    for (index, ci) in input.sharedCis.enumerated() { try await work.name(ci, of: context.provider, "sharedCis[\(index)]") }
    try await work.link(input.incidents) { "incidents[\($0)]" }
    if let team = input.team { try await work.give(to: .set(team)) }
    if let requester = input.requester { try await work.name(requester: .set(requester)) }
    work.save(countsVersion: false)
    return work.record
  }
}
