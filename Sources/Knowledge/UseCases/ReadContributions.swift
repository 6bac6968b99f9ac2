import Kernel
import Operations

/// Who contributes to what the provider knows.
package enum ReadContributions: Operation {
  package struct Input: OperationInput {
    let from: CalendarDate
    let before: CalendarDate

    private static let from = Field.date("from", "The first day, in UTC.", "起始日（UTC）。")
    private static let before = Field.date("before", "The day after the last one, in UTC.", "结束日的次日（UTC）。")
    package static let fields: [any InputField] = [from, before]

    package init(_ values: InputValues) throws(FieldError) {
      from = try values[Self.from]
      before = try values[Self.before]
      if before <= from { throw FieldError("before", KnowledgeMessages.badDays) }
    }
  }

  package struct Contributor: OperationOutput {
    let staff: PublicId?
    let found: Contributions.Found

    package static let fields: [OutputField<Contributor>] = [
      OutputField("staff", .id, "The member of the staff; null: no account of the provider's.", "服务商人员；null 表示非服务商账户。") { .id($0.staff) },
      OutputField("name", .text, "Who it is.", "姓名。") { .text($0.found.name) },
      OutputField("articles", .integer, "Articles that he began and whose first version was published then.", "其创建并在此期间首次发布的文章数。") {
        .integer($0.found.articles)
      },
      OutputField("versions", .integer, "Published versions at which he wrote.", "参与编写并在此期间发布的版次数。") { .integer($0.found.versions) },
      OutputField("used", .integer, "How often articles that he began were of use on tickets then.", "其创建的文章在此期间被工单引用的次数。") { .integer($0.found.used) },
      OutputField("solved", .integer, "How many tickets they solved then.", "其创建的文章在此期间解决的工单数。") { .integer($0.found.solved) },
    ]
  }

  package struct Report: OperationOutput {
    let contributors: [Contributor]

    package static let fields: [OutputField<Report>] = [
      OutputField("contributors", listOf: Contributor.self, "Who contributed most comes first; 200 at the most.", "贡献最多者在前，最多 200 人。") { $0.contributors }
    ]
  }

  private static let most: Int64 = 200

  package static let declaration = Declaration(
    "article.contributions", "Tell who contributed to the knowledge base in a stretch of days, and how often it was of use.",
    zh: "统计某段日期内知识库的贡献者及其文章的使用次数。", roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Report {
    func start(of day: CalendarDate) -> Instant { Instant(seconds: day.daysSinceEpoch * 86_400) }
    let found = try await context.transaction.query(
      Contributions(provider: context.provider.id, from: start(of: input.from), before: start(of: input.before), limit: most))
    return Report(contributors: found.map { row in Contributor(staff: row.account.map { context.id(.staff, $0) }, found: row) })
  }
}
