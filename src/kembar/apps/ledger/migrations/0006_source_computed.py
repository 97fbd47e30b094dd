from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_claim_about_region_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='source',
            name='kind',
            field=models.CharField(choices=[('law', 'Law or regulation'), ('official', 'Official page'), ('press', 'Press'), ('thesis', 'Thesis or study'), ('blog', 'Blog'), ('mirror', 'Mirror of another page'), ('letter', 'Letter'), ('minutes', 'Minutes'), ('record', 'Own record'), ('computed', 'Computed check'), ('other', 'Other')], default='press', max_length=10, verbose_name='kind'),
        ),
    ]
