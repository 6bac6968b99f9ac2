/// Where an article is in its life: what readers see of it, and what is being written.
struct ArticleLife: Hashable, Sendable {
  enum Standing: String, Sendable, CaseIterable {
    /// Nothing of it was ever published. May go to published, retired.
    case unpublished
    /// Readers see its newest version. May go to retired, and by a newer version to published.
    case published
    /// Nobody reads it any more. May go to published, by a newer version.
    case retired
  }

  enum Draft: String, Sendable, CaseIterable {
    /// It is being written. May go to in review, or away.
    case draft
    /// Another one looks at it. May go back to draft, or be published.
    case inReview = "in_review"
  }

  enum Act: String, Sendable, CaseIterable {
    case write, submit
    case sendBack = "send_back"
    case publish
    /// Published without another's look.
    case bypass
    /// A new version is begun from the newest one.
    case revise
    /// The draft goes; what was published stays.
    case discard
    /// It was looked through and is still right.
    case confirm
    case retire
  }

  var standing: Standing
  /// Nil: nothing is being written.
  var draft: Draft?

  /// A new article.
  static let begun = ArticleLife(standing: .unpublished, draft: .draft)

  /// The life after an act; nil: it is not possible now.
  func after(_ act: Act) -> ArticleLife? {
    switch (act, draft) {
    case (.write, .draft?): self
    case (.submit, .draft?): ArticleLife(standing: standing, draft: .inReview)
    case (.sendBack, .inReview?): ArticleLife(standing: standing, draft: .draft)
    case (.publish, .inReview?), (.bypass, .some): ArticleLife(standing: .published, draft: nil)
    case (.revise, nil) where standing != .unpublished: ArticleLife(standing: standing, draft: .draft)
    case (.discard, .some) where standing != .unpublished: ArticleLife(standing: standing, draft: nil)
    case (.confirm, _) where standing == .published: self
    case (.retire, _) where standing != .retired: ArticleLife(standing: .retired, draft: nil)
    default: nil
    }
  }
}
